"""Summaries of claims as people read them: nested rows with shares, as CSV, JSON, XLSX and HTML."""
