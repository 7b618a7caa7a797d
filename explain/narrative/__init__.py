"""Narratives: what an explanation says of a line, before it is a text or a document."""
