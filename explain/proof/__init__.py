"""Proofs: the search for the smallest derivation of an atom, and its graph."""
