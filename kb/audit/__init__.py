"""The audit: what a policy says of each line that a payer answered, and what it is worth."""
