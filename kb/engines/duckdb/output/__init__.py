"""Output: determinations as rows of a table and of files."""
