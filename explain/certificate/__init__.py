"""Certificates: proofs as sealed JSON, and a checker that goes through one step by step."""
