"""The rule language: a safe subset of standard Prolog, read into syntax and printed from it."""
