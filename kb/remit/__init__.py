"""Remittances out: what determinations pay of a charge, and the 835 that says so."""
