"""SQL: bodies, numbers and statements as syntax trees of sqlglot, for each dialect."""
