"""Proofs: the derivations of an atom, the smallest of them, and its graph."""
