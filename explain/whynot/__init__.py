"""Why not: the rules that could have fired for a clause or an outcome, nearest miss first."""
