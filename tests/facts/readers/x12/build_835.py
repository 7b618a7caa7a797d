"""Builds small 835 files, so that a test shows only the segments that it is about."""

from __future__ import annotations

from collections.abc import Sequence

from tests.facts.readers.x12.build import interchange

VERSION = "005010X221A1"


def service(
    composite: str = "HC:96365",
    charge: str = "100",
    paid: str = "80",
    *more: str,
    rest: str = "",
) -> list[str]:
    """Return the segments of a service; ``rest`` follows SVC03, ``more`` the segment."""
    return [f"SVC*{composite}*{charge}*{paid}{rest}", *more]


def claim(
    claim_id: str = "C1",
    *services: Sequence[str],
    status: str = "1",
    charge: str = "100",
    paid: str = "80",
    owed: str = "",
    more: Sequence[str] = (),
) -> list[str]:
    """Return the segments of a claim; ``more`` stand between CLP and the first service."""
    rows = [f"CLP*{claim_id}*{status}*{charge}*{paid}*{owed}*12*PCN{claim_id}*11*1", *more]
    for each in services:
        rows.extend(each)
    return rows


def transaction(
    *claims: Sequence[str],
    amount: str = "80",
    header: Sequence[str] = (),
    plb: Sequence[str] = (),
    version: str = "",
) -> list[str]:
    """Return the segments of a transaction, from ST to SE."""
    rows = [
        "ST*835*0001" + (f"*{version}" if version else ""),
        f"BPR*I*{amount}*C*ACH*CCP*01*999999992*DA*1*1512345678**01*999988880*DA*2*20180615",
        "TRN*1*CHECK1*1512345678",
        *header,
        "N1*PR*PAYER ONE",
        "N1*PE*INFUSION CENTER*XX*1234567893",
        "LX*1",
    ]
    for each in claims:
        rows.extend(each)
    rows += plb
    return [*rows, f"SE*{len(rows) + 1}*0001"]


def remittance(*transactions: Sequence[str], version: str = VERSION) -> str:
    """Return an 835 file of one group."""
    segments = [segment for each in transactions for segment in each]
    text = interchange(segments, version, group="HP")
    return text.replace("GE*1*1", f"GE*{len(transactions)}*1")
