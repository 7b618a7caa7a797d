"""Lines: formulas over the wide table of claim lines."""
