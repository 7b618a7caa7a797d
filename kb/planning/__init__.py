"""Planning: what a bulk run needs of a policy, made once and cached."""
