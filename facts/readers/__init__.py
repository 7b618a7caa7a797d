"""Readers: claims, evidence, overrides and code lists from CSV, JSONL, Parquet and 837 files."""
