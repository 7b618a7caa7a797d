"""The model: clauses, determinations, relations, and the tables that they are shown as."""
