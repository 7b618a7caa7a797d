"""Engines: pyDatalog for one claim at a time and DuckDB for many, with the same answers."""
