"""X12: the segments, envelopes and claim lines of an 837P or 837I."""
