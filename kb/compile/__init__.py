"""The compiler: small passes from a checked program to SQL as a syntax tree of sqlglot."""
