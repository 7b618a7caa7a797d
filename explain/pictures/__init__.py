"""Proofs as pictures: what is drawn, what is folded, and the formats it is drawn in."""
