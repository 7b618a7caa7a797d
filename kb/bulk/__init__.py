"""Bulk: files of millions of claim lines, read, determined, queried and written in one set."""
