"""Engines: pyDatalog for one claim at a time, DuckDB for many, the same answers."""
