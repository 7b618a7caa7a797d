"""Scripts: the rules as SQL for a warehouse."""
