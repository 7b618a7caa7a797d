"""What a knowledge base adds to its policy: a value for every switch, and lists of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from facts.diagnostic import Diagnostic, UsageError
from facts.frozen import frozen
from facts.origin import Origin
from facts.suggest import near_help
from kb.claims.arguments import check_path, check_truth, wrong

if TYPE_CHECKING:
    from pathlib import Path

    from facts.codes import CodeTable
    from facts.readers.code_lists import HcpcsRelease
    from kb.policy.loader import Policy


def complete_settings(
    policy: Policy, settings: Mapping[str, str], strict: bool
) -> Mapping[str, str]:
    """Return every switch of a policy with its value, and ``strict``.

    Parameters
    ----------
    policy : Policy
        The policy with its switches.
    settings : mapping of str to str
        Values of switches.
    strict : bool
        Whether missing facts pend a line.

    Raises
    ------
    UsageError
        If a setting or its value is unknown.
    """
    if not isinstance(settings, Mapping):
        help = 'give a dict, as in {"effective_basis": "processed_date"}'
        raise wrong("settings", settings, help)
    check_truth(strict, "strict")
    found = []
    complete = {name: switch.default for name, switch in policy.switches.items()}
    complete["strict"] = "yes" if strict else "no"
    for name, value in settings.items():
        switch = policy.switches.get(name)
        if switch is None:
            help = near_help(str(name), policy.switches)
            found.append(Diagnostic("error", f"unknown setting `{name}`", Origin("settings"), help))
        elif value not in switch.values:
            found.append(
                Diagnostic(
                    "error",
                    f"the setting `{name}` cannot be `{value}`",
                    Origin("settings"),
                    f"one of {', '.join(switch.values)}",
                )
            )
        else:
            complete[name] = value
    if found:
        raise UsageError(found)
    return frozen(complete)


def read_lists(
    hcpcs: str | Path | None, precertification: str | Path | None
) -> tuple[HcpcsRelease | None, CodeTable | None]:
    """Return the HCPCS release and the precertification list of two files, None for an absent one.

    Raises
    ------
    InputError
        If a list cannot be read.
    UsageError
        If what is given is no path.

    Examples
    --------
    >>> read_lists(None, None)
    (None, None)
    """
    for path, noun in ((hcpcs, "a HCPCS release"), (precertification, "a precertification list")):
        if path is not None:
            check_path(path, noun, "give the path of its file")
    if hcpcs is None and precertification is None:
        return None, None
    from facts.readers.code_lists import read_hcpcs_release, read_precertification_list

    return (
        read_hcpcs_release(hcpcs) if hcpcs is not None else None,
        read_precertification_list(precertification) if precertification is not None else None,
    )
