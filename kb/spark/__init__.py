"""Claims of Spark frames: whole claims are handed to the bulk engine, one part a task."""
