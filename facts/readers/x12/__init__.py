"""X12: segments, envelopes and the claim lines of an 837P or 837I."""
