"""Claims that the tests of the Python interface share."""

from __future__ import annotations

from typing import Any


def line(claim_id: str = "C1", line_number: int = 1, **columns: Any) -> dict[str, Any]:
    """Return a claim line: unless told otherwise, an infusion in a hospital, which is denied."""
    return {
        "claim_id": claim_id,
        "line_number": line_number,
        "claim_form": "cms1500",
        "service_date": "2018-06-01",
        "place_of_service": "22",
        "procedure_code": "96365",
        "units": 1,
        **columns,
    }
