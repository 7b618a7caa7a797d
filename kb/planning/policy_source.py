"""What the printed SQL of a policy is made of: its rules, tables, settings and clauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from facts.claim import Override
from facts.codes import CodeTable
from facts.readers.code_lists import HcpcsRelease
from facts.schema import FIRST_DATE, LAST_DATE
from kb.claims.assertions import policy_facts
from kb.claims.remitted import verdict_facts
from kb.compile.rewrite.claim_first import claim_first
from kb.compile.script.source import ScriptSource
from kb.language.ast import Key, Rule
from kb.language.traversal import atoms_of
from kb.language.values import Value
from kb.policy.code_index import clause_rules
from kb.policy.loader import LOADED_LISTS, Policy
from kb.rule_base import RuleBase


def policy_source(kb: RuleBase, overrides: Iterable[Override] = ()) -> ScriptSource:
    """Return the source of a policy's script, under the settings of a knowledge base.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    overrides : iterable of Override, optional
        Those that are known beforehand; a script reads them from a table instead.

    Returns
    -------
    ScriptSource
    """
    policy = kb.policy
    tables: list[CodeTable] = list(policy.tables.values())
    loaded = dict(zip(LOADED_LISTS, (kb.release, kb.precertification), strict=True))
    if kb.precertification is not None:
        tables.append(kb.precertification)
    lists = [name for name, item in loaded.items() if item is not None]
    store = policy_facts(policy.clauses.values(), kb.settings, overrides, lists)
    store |= verdict_facts(policy)
    known: dict[str, Sequence[tuple[Value, ...]]] = {
        name: list(rows) for name, rows in store.items()
    }
    if kb.release is not None:
        known["release_code"] = list(_release_rows(kb.release))
    own = clause_rules(policy)
    concluded: dict[Rule, dict[str, None]] = {}
    for clause_id, rules in own.items():
        for rule in rules:
            concluded.setdefault(rule, {})[clause_id] = None
    settings = ", ".join(f"{name}={value}" for name, value in sorted(kb.settings.items()))
    return ScriptSource(
        claim_first(policy.program.program),
        (
            f"{policy.policy_id}: {policy.title}",
            f"Version {policy.version}, program {policy.program_sha256}",
            f"Settings: {settings}",
        ),
        policy.evidence_types,
        tuple(tables),
        known,
        {rule: tuple(found) for rule, found in concluded.items()},
        _used_by(policy, own),
        len(policy.clauses),
    )


def _used_by(policy: Policy, own: dict[str, list[Rule]]) -> dict[Key, tuple[str, ...]]:
    """The clauses that each predicate is a condition of, in the order of the register."""
    bodies: dict[Key, set[Key]] = {}
    for rule in policy.program.program.rules:
        head = rule.head.key
        bodies.setdefault(head, set()).update(_keys(rule))
    found: dict[Key, dict[str, None]] = {}
    concluding = {rule.head.key for rules in own.values() for rule in rules}
    for clause_id in policy.clauses:
        waiting = [key for rule in own.get(clause_id, ()) for key in _keys(rule)]
        seen: set[Key] = set()
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting += bodies.get(key, ())
        for key in seen - concluding:
            found.setdefault(key, {})[clause_id] = None
    return {key: tuple(clauses) for key, clauses in found.items()}


def _keys(rule: Rule) -> list[Key]:
    return [atom.key for atom in atoms_of(rule.body)]


def _release_rows(release: HcpcsRelease) -> Iterable[tuple[Value, ...]]:
    for code, spans in release.codes.items():
        for added, terminated in spans:
            yield (
                code,
                added.isoformat() if added else FIRST_DATE,
                terminated.isoformat() if terminated else LAST_DATE,
            )
