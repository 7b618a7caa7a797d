"""Why not: what held, what failed and what was needed for an outcome or a clause."""
