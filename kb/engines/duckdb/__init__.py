"""The DuckDB engine: a checked program evaluated for many claims at once."""
