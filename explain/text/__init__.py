"""Plain text: explanations and proof trees for a terminal."""
