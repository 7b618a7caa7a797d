"""Builds small 837 files, so that a test shows only the segments that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

PROFESSIONAL, INSTITUTIONAL = "005010X222A1", "005010X223A2"

HEADER = (
    "NM1*41*2*CLEARING HOUSE*****46*12345",
    "NM1*40*2*PAYER*****46*54321",
    "HL*1**20*1",
    "NM1*85*2*INFUSION CENTER*****XX*1234567893",
    "N3*1 MAIN STREET",
    "N4*SPRINGFIELD*IL*62701",
    "REF*EI*123456789",
    "HL*2*1*22*0",
    "SBR*P*18*GROUP1******CI",
    "NM1*IL*1*DOE*JANE****MI*MEMBER1",
    "NM1*PR*2*PAYER*****PI*54321",
)
"""Loops 1000 to 2010, the same in every file."""


def isa(element: str = "*", component: str = ":", terminator: str = "~", control: int = 1) -> str:
    """Return an interchange header of exactly 106 characters, its terminator among them."""
    repetition = "!" if "^" in (element, component, terminator) else "^"
    fields = (
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", "SENDER".ljust(15), "ZZ",
        "RECEIVER".ljust(15), "180601", "1200", repetition, "00501", f"{control:09}",
        "0", "P", component,
    )  # fmt: skip
    return element.join(fields) + terminator


def line(
    number: int | str,
    code: str = "96365",
    date: str | None = "20180601",
    units: str = "1",
    *more: str,
    service: str | None = None,
) -> list[str]:
    """Return the segments of an 837P line; ``more`` follow the date, ``service`` replaces SV1."""
    rows = [f"LX*{number}", service or f"SV1*HC:{code}*100*UN*{units}***1"]
    if date is not None:
        rows.append(f"DTP*472*{'RD8' if '-' in date else 'D8'}*{date}")
    return [*rows, *more]


def ub04_line(
    number: int | str,
    revenue: str = "0636",
    code: str = "J1200",
    date: str | None = "20180601",
    units: str = "1",
    *more: str,
) -> list[str]:
    """Return the segments of an 837I line."""
    composite = f"HC:{code}" if code else ""
    rows = [f"LX*{number}", f"SV2*{revenue}*{composite}*100*UN*{units}"]
    if date is not None:
        rows.append(f"DTP*472*{'RD8' if '-' in date else 'D8'}*{date}")
    return [*rows, *more]


def claim(
    claim_id: str, *lines: Sequence[str], facility: str = "11:B:1", more: Sequence[str] = ()
) -> list[str]:
    """Return the segments of a claim; ``more`` stand between CLM and the first line."""
    rows = [f"CLM*{claim_id}*100***{facility}*Y*A*Y*Y", *more]
    for each in lines:
        rows.extend(each)
    return rows


def transaction(
    *claims: Sequence[str], version: str = PROFESSIONAL, header: Sequence[str] = HEADER
) -> list[str]:
    """Return the segments of a transaction, from ST to SE."""
    rows = [f"ST*837*0001*{version}", "BHT*0019*00*1*20180601*1200*CH", *header]
    for each in claims:
        rows.extend(each)
    return [*rows, f"SE*{len(rows) + 1}*0001"]


def interchange(
    segments: Iterable[str],
    version: str = PROFESSIONAL,
    newline: str = "\n",
    delimiters: str = "*:~",
    control: int = 1,
    group: str = "HC",
) -> str:
    """Return an interchange as text: header and trailer around the segments of transactions."""
    element, component, terminator = delimiters
    inner = [
        f"GS*{group}*SENDER*RECEIVER*20180601*1200*1*X*{version}",
        *segments,
        "GE*1*1",
        f"IEA*1*{control:09}",
    ]
    table = str.maketrans("*:", element + component)
    rows = [each.translate(table) + terminator for each in inner]
    return newline.join([isa(element, component, terminator, control), *rows]) + newline


def professional(*claims: Sequence[str], newline: str = "\n", delimiters: str = "*:~") -> str:
    """Return an 837P file of one transaction."""
    return interchange(transaction(*claims), newline=newline, delimiters=delimiters)


def institutional(*claims: Sequence[str]) -> str:
    """Return an 837I file of one transaction."""
    return interchange(transaction(*claims, version=INSTITUTIONAL), version=INSTITUTIONAL)


def professional_file(claims: int, lines: int = 3) -> str:
    """Return a file of that many claims; with three lines each has some 25 segments."""
    codes = ("96365", "J1200", "J7050", "99213", "96372", "A4206", "S9500")
    rows = []
    for number in range(claims):
        day = f"201806{1 + number % 28:02}"
        services = (
            line(1, codes[number % 7], day),
            line(2, codes[(number + 1) % 7], day, "2", "LIN**N4*00026063512", "CTP****1*ML"),
            line(3, f"{codes[(number + 2) % 7]}:59", day, "1", f"REF*6R*{number}"),
            *(
                line(position, codes[(number + position) % 7], day)
                for position in range(4, lines + 1)
            ),
        )
        rows.append(
            [
                f"HL*{number + 3}*1*22*0",
                "SBR*P*18*GROUP1******CI",
                f"NM1*IL*1*DOE*JANE****MI*MEMBER{number}",
                "N3*2 SIDE STREET",
                "N4*SPRINGFIELD*IL*62701",
                "DMG*D8*19700101*F",
                "NM1*PR*2*PAYER*****PI*54321",
                *claim(
                    f"C{number}",
                    *services[:lines],
                    more=(
                        "REF*D9*12345",
                        "HI*ABK:E119*ABF:T8030",
                        "NM1*82*1*ROE*RICHARD****XX*1122333341",
                        "PRV*PE*PXC*208D00000X",
                    ),
                ),
            ]
        )
    return interchange(transaction(*rows))
