"""Files of millions of lines on DuckDB: read, checked, determined, asked and written in the set."""
