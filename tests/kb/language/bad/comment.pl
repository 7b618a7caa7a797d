p(1).
/* a comment
that does not end.
