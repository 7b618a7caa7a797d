"""Certificates: proofs as JSON, their seals, and the check of one, step by step."""
