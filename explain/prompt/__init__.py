"""The prompt: a dialogue with a knowledge base, its completions and its terminal."""
