"""Facts: claims, evidence, overrides and codes as they were read, each with its place."""
