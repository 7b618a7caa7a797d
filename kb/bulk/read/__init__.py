"""Reading in bulk: files of claims and evidence as DuckDB tables, with their faults."""
