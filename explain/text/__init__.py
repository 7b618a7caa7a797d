"""Plain text: explanations for a terminal."""
