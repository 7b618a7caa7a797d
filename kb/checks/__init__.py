"""Checks: what a program or a query must pass before an engine sees it, one module each."""
