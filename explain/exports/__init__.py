"""Explanations as documents that stand by themselves, in the formats that people use."""
