"""Claims: from the arguments of a caller to facts, goals and determinations."""
