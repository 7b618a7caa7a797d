"""Matching: which line of a remittance answers which line of a claim, and what it then asserts."""
