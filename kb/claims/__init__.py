"""Claims: from what a caller passes to facts, goals and determinations."""
