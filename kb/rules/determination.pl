% How clauses become a determination. The same for every policy.
%
% A policy says what holds: excludes/3, applies/4, reduces/4, lacks/4, assumes/3, addressing/2 and
% addressed/2, overriding/2, reading/4. These rules say what follows for the line.

:- predicate(excludes(claim: text, line: number, clause: text), "line {line} is outside the policy ({clause})", "nothing puts line {line} outside the policy").
:- predicate(applies(claim: text, line: number, clause: text, effect: text), "the condition of {clause} holds for line {line}", "the condition of {clause} does not hold for line {line}").
:- predicate(reduces(claim: text, line: number, clause: text, units: number), "{clause} allows {units} units on line {line}", "{clause} does not limit the units of line {line}").
:- predicate(lacks(claim: text, line: number, clause: text, name: text), "line {line} lacks {name}, which {clause} asks for", "line {line} lacks nothing that {clause} asks for").
:- predicate(assumes(claim: text, line: number, name: text), "nothing on file tells {name} of line {line}", "{name} of line {line} need not be assumed").
:- predicate(addressed(claim: text, line: number), "the policy speaks of line {line}", "the policy does not speak of line {line}").
:- predicate(overriding(authority: text, clause: text), "{clause} lets a {authority} override a clause", "no clause lets a {authority} override a clause").
:- predicate(reading(claim: text, line: number, clause: text, number: number), "reading {number} mattered to {clause} on line {line}", "reading {number} did not matter to {clause}").

:- predicate(in_scope(claim: text, line: number), "line {line} is within the policy", "line {line} is outside the policy").
in_scope(C, L) :- line(C, L), \+ excludes(C, L, _).

:- predicate(basis_date(claim: text, line: number, date: date), "the date that counts for line {line} is {date}", "no date counts for line {line}").
basis_date(C, L, D) :- setting(effective_basis, service_date), service_date(C, L, D).
basis_date(C, L, D) :- setting(effective_basis, processed_date), processed_date(C, L, D).
basis_date(C, L, D) :- setting(effective_basis, processed_date), service_date(C, L, D), \+ processed_date(C, L, _).

:- predicate(in_force(claim: text, line: number, clause: text), "{clause} is in force for line {line}", "{clause} is not in force for line {line}").
in_force(C, L, K) :- in_scope(C, L), basis_date(C, L, D), clause_from(K, From), From @=< D.

:- predicate(plan_override(claim: text, line: number, clause: text, effect: text), "the plan of line {line} has an override of {clause} in force: {effect}", "the plan of line {line} has no override of {clause} in force").
plan_override(C, L, K, E) :- override(plan, P, K, E, From, To), plan(C, L, P), service_date(C, L, D), From @=< D, D @=< To.

:- predicate(contract_override(claim: text, line: number, clause: text, effect: text), "the contract of line {line} has an override of {clause} in force: {effect}", "the contract of line {line} has no override of {clause} in force").
contract_override(C, L, K, E) :- override(contract, P, K, E, From, To), contract(C, L, P), service_date(C, L, D), From @=< D, D @=< To.

:- predicate(waived(claim: text, line: number, clause: text), "an override waives {clause} for line {line}", "no plan and no contract waives {clause} for line {line}").
waived(C, L, K) :- plan_override(C, L, K, waived).
waived(C, L, K) :- contract_override(C, L, K, waived), \+ plan_override(C, L, K, _).

:- predicate(counts(claim: text, line: number, clause: text), "{clause} counts for line {line}", "{clause} does not count for line {line}").
counts(C, L, K) :- in_force(C, L, K), \+ waived(C, L, K).

applies(C, L, K, reduced) :- reduces(C, L, K, _).
applies(C, L, K, pended) :- lacks(C, L, K, _).

:- predicate(cites(claim: text, line: number, clause: text, effect: text), "line {line} is {effect} under {clause}", "line {line} is not {effect} under {clause}").
cites(C, L, K, scope) :- excludes(C, L, K).
cites(C, L, K, E) :- applies(C, L, K, E), counts(C, L, K).
cites(C, L, S, override) :- plan_override(C, L, K, _), overriding(plan, S), applies(C, L, K, _), in_force(C, L, K).
cites(C, L, S, override) :- contract_override(C, L, K, _), overriding(contract, S), applies(C, L, K, _), in_force(C, L, K), \+ plan_override(C, L, K, _).

:- predicate(denied(claim: text, line: number, clause: text), "line {line} is denied under {clause}", "{clause} does not deny line {line}").
denied(C, L, K) :- cites(C, L, K, denied).
:- predicate(bundled(claim: text, line: number, clause: text), "line {line} is not separately reimbursed under {clause}", "{clause} does not bundle line {line}").
bundled(C, L, K) :- cites(C, L, K, bundled).
:- predicate(reduced(claim: text, line: number, clause: text), "line {line} is reduced under {clause}", "{clause} does not reduce line {line}").
reduced(C, L, K) :- cites(C, L, K, reduced).
:- predicate(pended(claim: text, line: number, clause: text), "line {line} is pended under {clause}", "{clause} does not pend line {line}").
pended(C, L, K) :- cites(C, L, K, pended).

:- predicate(has_effect(claim: text, line: number, effect: text), "a clause with effect {effect} is cited on line {line}", "no clause with effect {effect} is cited on line {line}").
has_effect(C, L, E) :- cites(C, L, _, E).

:- predicate(adverse(claim: text, line: number), "a clause keeps line {line} from full payment", "no clause keeps line {line} from full payment").
adverse(C, L) :- has_effect(C, L, denied).
adverse(C, L) :- has_effect(C, L, bundled).
adverse(C, L) :- has_effect(C, L, reduced).
adverse(C, L) :- has_effect(C, L, pended).

:- predicate(spoken_of(claim: text, line: number), "the policy addresses line {line}", "the policy does not address line {line}").
spoken_of(C, L) :- in_scope(C, L), addressed(C, L).
spoken_of(C, L) :- has_effect(C, L, E), E \= scope.

:- predicate(assumption(claim: text, line: number, name: text), "{name} of line {line} is assumed in its favour", "nothing of line {line} is assumed").
assumption(C, L, N) :- assumes(C, L, N), \+ adverse(C, L), spoken_of(C, L).

:- predicate(awaits_evidence(claim: text, line: number), "line {line} waits for evidence, as asked by the strict setting", "line {line} does not wait for evidence").
awaits_evidence(C, L) :- setting(strict, yes), assumption(C, L, _).

:- predicate(outcome(claim: text, line: number, outcome: text), "the outcome of line {line} is {outcome}", "the outcome of line {line} is not {outcome}").
outcome(C, L, denied) :- has_effect(C, L, denied).
outcome(C, L, bundled) :- has_effect(C, L, bundled), \+ has_effect(C, L, denied).
outcome(C, L, reduced) :- has_effect(C, L, reduced), \+ has_effect(C, L, denied), \+ has_effect(C, L, bundled).
outcome(C, L, pended) :- has_effect(C, L, pended), \+ has_effect(C, L, denied), \+ has_effect(C, L, bundled), \+ has_effect(C, L, reduced).
outcome(C, L, pended) :- awaits_evidence(C, L).
outcome(C, L, reimbursable) :- spoken_of(C, L), \+ adverse(C, L), \+ awaits_evidence(C, L).
outcome(C, L, not_addressed) :- line(C, L), \+ adverse(C, L), \+ spoken_of(C, L).

:- predicate(reduction(claim: text, line: number, clause: text, units: number), "{clause} reduces line {line} to {units} units", "no clause reduces line {line}").
reduction(C, L, K, U) :- reduces(C, L, K, U), counts(C, L, K).

:- predicate(allowed(claim: text, line: number, units: number), "line {line} is allowed {units} units", "no limit of units is set on line {line}").
allowed(C, L, U) :- outcome(C, L, reduced), aggregate_all(min(A), reduction(C, L, _, A), U).

:- predicate(missing(claim: text, line: number, name: text), "{name} of line {line} is missing", "nothing of line {line} is missing").
missing(C, L, N) :- lacks(C, L, K, N), counts(C, L, K).
missing(C, L, N) :- setting(strict, yes), assumption(C, L, N).

:- predicate(mattered(claim: text, line: number, clause: text, number: number), "reading {number} mattered where {clause} was cited on line {line}", "reading {number} did not matter on line {line}").
mattered(C, L, K, N) :- reading(C, L, K, N), cites(C, L, K, _).
