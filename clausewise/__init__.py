"""clausewise under one name: ``facts``, ``kb`` and ``explain``, and what they offer most.

The three packages have general names; this one says where a module of the same name is in their
way.

Examples
--------
>>> import clausewise
>>> kb = clausewise.KnowledgeBase.load("r14").with_claims([
...     {"claim_id": "C1", "line_number": 1, "claim_form": "cms1500",
...      "service_date": "2018-06-01", "procedure_code": "J7050"}])
>>> clausewise.why(kb.claim("C1"), 1).outcome
'bundled'
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import explain as explain
    import facts as facts
    import kb as kb
    from explain import prove as prove
    from explain import verify as verify
    from explain import why as why
    from explain import why_not as why_not
    from kb import Adjudication as Adjudication
    from kb import ClausewiseError as ClausewiseError
    from kb import Determination as Determination
    from kb import KnowledgeBase as KnowledgeBase
    from kb import Relation as Relation

_PACKAGES = ("explain", "facts", "kb")
_HOMES = {
    "explain": ("prove", "verify", "why", "why_not"),
    "kb": ("Adjudication", "ClausewiseError", "Determination", "KnowledgeBase", "Relation"),
}
_NAMES = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted((*_PACKAGES, *_NAMES, "__version__"))


def _check_packages() -> None:
    """Raise an ImportError for a module of the caller's that is in the way of one of ours."""
    for name in _PACKAGES:
        found = find_spec(name)
        ours = Path(__file__).parent.parent / name / "__init__.py"
        place = found.origin if found is not None else None
        if place is None or not ours.exists() or Path(place).resolve() == ours.resolve():
            continue
        raise ImportError(
            f"`{place}` is in the way of the package `{name}` of clausewise: "
            "give your file another name, or start Python in another folder"
        )


_check_packages()


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(name)
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("clausewise")
    raise AttributeError(f"module `clausewise` has no `{name}`")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
