"""The settings of a knowledge base: every switch of its policy with a value."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from facts.diagnostic import Diagnostic, UsageError
from facts.origin import Origin
from facts.suggest import near_help
from kb.claims.arguments import check_truth, wrong

if TYPE_CHECKING:
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
    return MappingProxyType(complete)
