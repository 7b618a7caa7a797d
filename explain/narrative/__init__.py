"""Narratives: an explanation as plain English and structured values, before any format."""
