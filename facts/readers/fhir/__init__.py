"""Claims of FHIR R4: ``Claim`` and ``ExplanationOfBenefit``, single, in Bundles and as NDJSON."""
