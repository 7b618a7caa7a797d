"""What the Python interface is given: each wrong type is told in one sentence, nothing is guessed."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from explain import prove
from facts.claim import ClaimLine
from kb import InputError, KnowledgeBase, QueryError, UsageError
from tests.kb.example_lines import line

R14 = KnowledgeBase.load("r14")
KNOWN = R14.with_claims([line(), line("C2", units=Decimal("1.5"), service_date="2018-06-02")])
ALLOWED = "give text, a date, a whole number or a Decimal"
OVERRIDE = {
    "authority": "plan", "authority_id": "P", "clause_id": "R14-FAC-1", "effect": "waived",
    "note": "x",
}  # fmt: skip


class Text(str):
    """A text that is more than one."""


@pytest.mark.parametrize(
    "value", [date(2018, 6, 1), datetime(2018, 6, 1), "2018-06-01", Text("2018-06-01")]
)
def test_dates_are_bound_as_their_text(value: Any) -> None:
    goal = "service_date(C, L, D)"
    assert KNOWN.query(goal, D=value).rows == (("C1", 1, "2018-06-01"),)
    assert prove(KNOWN, goal, D=value).root.text == "line 1 has service date 2018-06-01"


@pytest.mark.parametrize("value", [Decimal("1.5"), Decimal("1.50"), Fraction(3, 2)])
def test_exact_numbers_are_bound(value: Any) -> None:
    assert [row[0] for row in KNOWN.query("units(C, L, U)", U=value)] == ["C2"]


WRONG_VALUES: dict[str, tuple[Any, str, str]] = {
    "bytes": (b"C1", "cannot be of the type `bytes`", ALLOWED),
    "list": (["C1"], "cannot be of the type `list`", ALLOWED),
    "float": (1.5, "cannot be of the type `float`",
              'a float is not exact: give a Decimal, as in Decimal("1.5")'),
    "nan": (float("nan"), "cannot be of the type `float`",
            'a float is not exact: give a Decimal, as in Decimal("1.5")'),
    "none": (None, "cannot be `None`", "leave it out to ask for every value"),
    "bool": (True, "cannot be of the type `bool`", ALLOWED),
    "moment": (datetime(2018, 6, 1, 12), "cannot be of the type `datetime`", ALLOWED),
    "moment with zone": (datetime(2018, 6, 1, tzinfo=UTC), "cannot be of the type `datetime`", ALLOWED),
    "complex": (1j, "cannot be of the type `complex`", ALLOWED),
    "no number": (Decimal("NaN"), "is no number: `NaN`", ALLOWED),
    "signalling": (Decimal("sNaN"), "is no number: `sNaN`", ALLOWED),
    "infinite": (Decimal("Infinity"), "is no number: `Infinity`", ALLOWED),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_VALUES)
@pytest.mark.parametrize("ask", [KNOWN.query, lambda goal, **given: prove(KNOWN, goal, **given)])
def test_values_of_other_types_are_refused(ask: Callable[..., object], name: str) -> None:
    value, said, help = WRONG_VALUES[name]
    with pytest.raises(QueryError) as caught:
        ask("units(C, L, U)", U=value)
    (fault,) = caught.value.diagnostics
    assert (fault.message, fault.help) == (f"the value given for `U` {said}", help)


def test_every_wrong_value_is_told_at_once() -> None:
    with pytest.raises(QueryError) as caught:
        KNOWN.query("units(C, L, U)", C=b"C1", L=None, U=1.5)
    assert len(caught.value.diagnostics) == 3


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "no goal": (lambda: KNOWN.query(None), "a goal cannot be `None`"),  # type: ignore[arg-type]
    "a goal of bytes": (lambda: KNOWN.query(b"x"), "a goal cannot be of the type `bytes`"),  # type: ignore[arg-type]
    "a proof of nothing": (lambda: prove(KNOWN, None), "a goal cannot be `None`"),  # type: ignore[arg-type]
    "no claim id": (lambda: KNOWN.claim(None), "a claim id cannot be `None`"),  # type: ignore[arg-type]
    "no policy": (lambda: KnowledgeBase.load(None), "a policy cannot be `None`"),  # type: ignore[arg-type]
    "a number": (lambda: KnowledgeBase.load(5), "a policy cannot be of the type `int`"),  # type: ignore[arg-type]
    "bytes": (lambda: KnowledgeBase.load(b"r14"), "a policy cannot be of the type `bytes`"),  # type: ignore[arg-type]
    "a long name": (lambda: KnowledgeBase.load("x" * 5000), f"there is no policy `{'x' * 80}"),
    "no text": (lambda: KnowledgeBase.load("r14\0"), "there is no policy `r14\\x00`"),
    "settings": (
        lambda: KnowledgeBase.load("r14", settings=[("effective_basis", "x")]),  # type: ignore[arg-type]
        "settings cannot be of the type `list`",
    ),
    "strict": (
        lambda: KnowledgeBase.load("r14", strict="no"),  # type: ignore[arg-type]
        "`strict` cannot be of the type `str`",
    ),
    "a release": (
        lambda: KnowledgeBase.load("r14", hcpcs=5),  # type: ignore[arg-type]
        "a HCPCS release cannot be of the type `int`",
    ),
    "no claims": (lambda: R14.adjudicate(None), "claims cannot be `None`"),  # type: ignore[arg-type]
    "claims of a number": (lambda: R14.adjudicate(5), "claims cannot be of the type `int`"),  # type: ignore[arg-type]
    "claims of bytes": (lambda: R14.adjudicate(b"x"), "claims cannot be of the type `bytes`"),  # type: ignore[arg-type]
    "one line": (lambda: R14.adjudicate(line()), "claims cannot be of the type `dict`"),  # type: ignore[arg-type]
    "a claim line": (
        lambda: R14.adjudicate(ClaimLine("C1", 1, "cms1500", date(2018, 6, 1))),  # type: ignore[arg-type]
        "claims cannot be of the type `ClaimLine`",
    ),
    "evidence": (
        lambda: R14.adjudicate([line()], evidence=5),
        "evidence cannot be of the type `int`",
    ),  # type: ignore[arg-type]
    "one evidence": (
        lambda: R14.adjudicate([line()], evidence={"claim_id": "C1"}),  # type: ignore[arg-type]
        "evidence cannot be of the type `dict`",
    ),
    "a stream of nothing": (lambda: R14.stream(None), "claims cannot be `None`"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", WRONG)
def test_arguments_of_other_types_are_refused(name: str) -> None:
    action, said = WRONG[name]
    with pytest.raises(UsageError) as caught:
        action()
    (fault,) = caught.value.diagnostics
    assert fault.message.startswith(said)
    assert fault.help
    assert len(fault.message) < 400


@pytest.mark.parametrize("argument", ["lines", "evidence", "overrides"])
def test_a_path_without_a_file_is_an_error(argument: str) -> None:
    with pytest.raises(InputError, match=r"there is no file `a\.csv`"):
        R14.adjudicate(**{"lines": [], argument: "a.csv"})


def test_a_policy_never_changes() -> None:
    policy = KNOWN.policy
    mappings: dict[str, Any] = {
        name: getattr(policy, name)
        for name in (
            "clauses", "switches", "evidence_types", "readings", "declarations", "tables", "related"
        )
    }  # fmt: skip
    mappings |= {
        "signature": policy.program.signature,
        "settings": KNOWN.settings,
        "claims": KNOWN.claims,
    }
    for name, mapping in mappings.items():
        assert mapping, name
        with pytest.raises(TypeError):
            mapping["x"] = 1
        with pytest.raises((TypeError, AttributeError)):
            mapping.clear()


def test_warnings_of_overrides_are_kept() -> None:
    for told in (
        R14.adjudicate([line(plan_id="P")], overrides=[OVERRIDE]).diagnostics,
        R14.with_claims([line(plan_id="P")], overrides=[OVERRIDE]).diagnostics,
    ):
        assert [(each.severity, each.message) for each in told] == [
            ("warning", "unknown column `note`, which is not read")
        ]


def test_a_query_without_variables_holds_or_not() -> None:
    assert KNOWN.query("line(_, _)").rows == ((),)
    assert KNOWN.query("line('C9', _)").rows == ()
