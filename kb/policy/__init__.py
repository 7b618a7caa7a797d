"""Policies: a folder read into clauses, tables, settings and a checked program."""
