"""English: facts, atoms and rules as sentences, and names that are masked."""
