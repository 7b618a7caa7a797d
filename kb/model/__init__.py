"""The model: clauses, determinations, relations and the tables they are shown as."""
