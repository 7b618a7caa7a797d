% What a policy says of what a payer did: the verdict on each line of a remittance.
%
% A policy folder with an audit.pl of its own takes the place of this file. Which reason is about
% what, and which effects of a clause that goes with, stands in reason_families.csv and families.csv.

% What the payer did.
:- predicate(apart(carc: text), "CARC {carc} is no denial: the patient, the contract or another payer bears it", "CARC {carc} is not kept apart from denials").
apart(R) :- carc_family(R, F), family_fits(F, apart).

:- predicate(denial(claim: text, line: number, group: text, carc: text, amount: number), "the payer denies {amount} of line {line}, group {group}, CARC {carc}", "the payer denies nothing of line {line} by CARC {carc}").
denial(C, L, G, R, A) :- adjusted(C, L, G, R, A), \+ apart(R).

:- predicate(withheld(claim: text, line: number, amount: number), "the payer denies {amount} of line {line} altogether", "the payer denies nothing of line {line}").
withheld(C, L, T) :- denial(C, L, _, _, _), aggregate_all(sum(A), denial(C, L, _, _, A), T).

:- predicate(takes(claim: text, line: number), "the payer denies line {line}, or a part of it", "the payer denies nothing of line {line}").
takes(C, L) :- withheld(C, L, T), T > 0.

:- predicate(pays(claim: text, line: number), "the payer pays for line {line}", "the payer pays nothing for line {line}").
pays(C, L) :- remitted(C, L, _, P), P > 0.

:- predicate(action(claim: text, line: number, action: text), "the payer's action on line {line}: {action}", "the payer's action on line {line} is not {action}").
action(C, L, denied) :- takes(C, L), \+ pays(C, L).
action(C, L, reduced) :- takes(C, L), pays(C, L).
action(C, L, paid) :- pays(C, L), \+ takes(C, L).
action(C, L, adjusted) :- remitted(C, L, _, _), \+ pays(C, L), \+ takes(C, L).

% What the payer's reason is about, and whether a clause of the policy says the same.
:- predicate(about(claim: text, line: number, carc: text, family: text), "the payer's reason {carc} on line {line} is about {family}", "the payer's reason {carc} on line {line} is not about {family}").
about(C, L, R, F) :- denial(C, L, _, R, _), carc_family(R, F), F \= remark.
about(C, L, R, F) :- denial(C, L, _, R, _), carc_family(R, remark), remarked(C, L, M), rarc_family(M, F).

:- predicate(keeps(effect: text), "a clause with effect {effect} keeps a line from full payment", "a clause with effect {effect} does not keep a line from full payment").
keeps(denied).
keeps(bundled).
keeps(reduced).
keeps(pended).

:- predicate(supports_denial(claim: text, line: number, clause: text, carc: text), "{clause} supports the denial of line {line} by CARC {carc}", "{clause} does not support the denial of line {line} by CARC {carc}").
supports_denial(C, L, K, R) :- denial(C, L, _, R, _), cites(C, L, K, E), keeps(E), clause_carc(K, R), \+ carc_family(R, remark).
supports_denial(C, L, K, R) :- about(C, L, R, F), family_fits(F, E), cites(C, L, K, E), clause_carc(K, X), carc_family(X, F), F \= remark.
supports_denial(C, L, K, R) :- denial(C, L, _, R, _), carc_family(R, remark), remarked(C, L, M), cites(C, L, K, E), keeps(E), clause_rarc(K, M).
supports_denial(C, L, K, R) :- denial(C, L, _, R, _), carc_family(R, remark), cites(C, L, K, E), keeps(E), clause_carc(K, R), \+ remarked(C, L, _).

:- predicate(supported_by_clause(claim: text, line: number), "a clause of the policy supports the denial of line {line}", "no clause of the policy supports the denial of line {line}").
supported_by_clause(C, L) :- supports_denial(C, L, _, _).

:- predicate(within_reach(claim: text, line: number), "a reason of the payer on line {line} is one that the policy could speak of", "no reason of the payer on line {line} is one that the policy speaks of").
within_reach(C, L) :- denial(C, L, _, R, _), \+ administrative(R).
:- predicate(administrative(carc: text), "CARC {carc} is about what no reimbursement policy decides", "CARC {carc} is about what a reimbursement policy decides").
administrative(R) :- carc_family(R, F), family_fits(F, beyond).

% What the policy would keep of the line, in units and in money.
:- predicate(kept_whole(claim: text, line: number), "the policy keeps all of line {line}", "the policy does not keep all of line {line}").
kept_whole(C, L) :- outcome(C, L, denied).
kept_whole(C, L) :- outcome(C, L, bundled).
kept_whole(C, L) :- outcome(C, L, pended), adverse(C, L).

:- predicate(units_paid_for(claim: text, line: number, allowed: number, billed: number), "the policy allows {allowed} of {billed} units of line {line}", "the policy does not limit the units of line {line}").
units_paid_for(C, L, U, N) :- allowed(C, L, U), units(C, L, N), N > 0.

% Of an amount, the part of the allowed units, in cents rounded half up.
:- predicate(policy_keeps(claim: text, line: number, amount: number), "the policy keeps {amount} of the charge of line {line}", "the policy keeps nothing of line {line}").
policy_keeps(C, L, S) :- kept_whole(C, L), remitted(C, L, S, _).
policy_keeps(C, L, S) :- units_paid_for(C, L, U, N), remitted(C, L, B, _), Cents is floor((200 * B * U + N) / (2 * N)), S is B - Cents / 100.

:- predicate(cut_units(claim: text, line: number), "the payer pays fewer units of line {line} than are billed", "the payer pays all units of line {line} or tells none").
cut_units(C, L) :- remitted_units(C, L, N, P), P < N.
:- predicate(same_units(claim: text, line: number), "the payer pays the units of line {line} that the policy allows", "the payer pays other units of line {line} than the policy allows").
same_units(C, L) :- allowed(C, L, U), remitted_units(C, L, _, P), P =:= U.

:- predicate(differs(claim: text, line: number, what: text), "payer and policy differ in {what} on line {line}", "payer and policy do not differ in {what} on line {line}").
differs(C, L, amounts) :- takes(C, L), kept_whole(C, L), pays(C, L).
differs(C, L, amounts) :- takes(C, L), units_paid_for(C, L, U, _), U > 0, \+ pays(C, L).
differs(C, L, units) :- takes(C, L), allowed(C, L, _), pays(C, L), cut_units(C, L), \+ same_units(C, L).
differs(C, L, amounts) :- pays(C, L), \+ cut_units(C, L), \+ same_units(C, L), withheld(C, L, T), T > 0, units_paid_for(C, L, _, _), policy_keeps(C, L, S), T =\= S.

:- predicate(differs_at_all(claim: text, line: number), "payer and policy differ in units or amounts on line {line}", "payer and policy differ in neither units nor amounts on line {line}").
differs_at_all(C, L) :- differs(C, L, _).

% The verdict.
:- predicate(verdict(claim: text, line: number, verdict: text), "the verdict on line {line} is: {verdict}", "the verdict on line {line} is not: {verdict}").
verdict(C, L, supported) :- takes(C, L), adverse(C, L), supported_by_clause(C, L), \+ differs_at_all(C, L).
verdict(C, L, supported_otherwise) :- takes(C, L), adverse(C, L), \+ supported_by_clause(C, L), \+ differs_at_all(C, L).
verdict(C, L, in_part) :- takes(C, L), adverse(C, L), differs_at_all(C, L).
verdict(C, L, not_supported) :- takes(C, L), outcome(C, L, reimbursable), within_reach(C, L).
verdict(C, L, paid_against_the_policy) :- against(C, L).
verdict(C, L, beyond_the_policy) :- takes(C, L), outcome(C, L, reimbursable), \+ within_reach(C, L).
verdict(C, L, beyond_the_policy) :- takes(C, L), \+ adverse(C, L), \+ outcome(C, L, reimbursable).
verdict(C, L, beyond_the_policy) :- remitted(C, L, _, _), \+ takes(C, L), \+ against(C, L), \+ agreed(C, L).
verdict(C, L, agreed) :- agreed(C, L).

:- predicate(against(claim: text, line: number), "the payer pays for line {line}, which a clause of the policy denies", "the payer does not pay for line {line} against the policy").
against(C, L) :- pays(C, L), \+ takes(C, L), outcome(C, L, denied).
against(C, L) :- pays(C, L), \+ takes(C, L), outcome(C, L, bundled).
against(C, L) :- pays(C, L), \+ takes(C, L), outcome(C, L, reduced), \+ same_units(C, L).

:- predicate(agreed(claim: text, line: number), "the payer pays all of line {line}, and so does the policy", "payer and policy do not both pay all of line {line}").
agreed(C, L) :- pays(C, L), \+ adjusted(C, L, _, _, _), outcome(C, L, reimbursable).
agreed(C, L) :- pays(C, L), \+ takes(C, L), outcome(C, L, reduced), same_units(C, L).

% What the payer takes off the claim beside its lines. The policy speaks of lines: it contradicts
% a denial of the claim where it pays every line.
:- predicate(claim_denial(claim: text, group: text, carc: text, amount: number), "the payer denies {amount} of the claim beside its lines, group {group}, CARC {carc}", "the payer denies nothing of the claim beside its lines by CARC {carc}").
claim_denial(C, G, R, A) :- claim_adjusted(C, G, R, A), \+ apart(R).

:- predicate(claim_withheld(claim: text, amount: number), "the payer denies {amount} of the claim beside its lines altogether", "the payer denies nothing of the claim beside its lines").
claim_withheld(C, T) :- claim_denial(C, _, _, _), aggregate_all(sum(A), claim_denial(C, _, _, A), T).

:- predicate(claim_takes(claim: text), "the payer denies a part of the claim beside its lines", "the payer denies nothing of the claim beside its lines").
claim_takes(C) :- claim_withheld(C, T), T > 0.

:- predicate(claim_within_reach(claim: text), "a reason of the payer on the claim is one that the policy could speak of", "no reason of the payer on the claim is one that the policy speaks of").
claim_within_reach(C) :- claim_denial(C, _, R, _), \+ administrative(R).

:- predicate(claim_in_doubt(claim: text), "the policy does not pay every line of the claim", "the policy pays every line of the claim").
claim_in_doubt(C) :- line(C, L), \+ outcome(C, L, reimbursable).

:- predicate(claim_verdict(claim: text, verdict: text), "the verdict on what the payer takes off the claim beside its lines is: {verdict}", "the verdict on what the payer takes off the claim beside its lines is not: {verdict}").
claim_verdict(C, not_supported) :- claim_takes(C), claim_within_reach(C), \+ claim_in_doubt(C).
claim_verdict(C, beyond_the_policy) :- claim_takes(C), claim_in_doubt(C).
claim_verdict(C, beyond_the_policy) :- claim_takes(C), \+ claim_within_reach(C), \+ claim_in_doubt(C).
claim_verdict(C, beyond_the_policy) :- claim_adjusted(C, _, _, _), \+ claim_takes(C).

:- predicate(claim_at_issue(claim: text, amount: number), "{amount} of the claim beside its lines are at issue", "nothing of the claim beside its lines is at issue").
claim_at_issue(C, T) :- claim_takes(C), claim_withheld(C, T).

% What the verdict is about, in money.
:- predicate(at_issue(claim: text, line: number, amount: number), "{amount} of line {line} are at issue", "nothing of line {line} is at issue").
at_issue(C, L, T) :- takes(C, L), \+ differs_at_all(C, L), withheld(C, L, T).
at_issue(C, L, P) :- takes(C, L), kept_whole(C, L), remitted(C, L, _, P), P > 0.
at_issue(C, L, A) :- takes(C, L), differs_at_all(C, L), units_paid_for(C, L, _, _), withheld(C, L, T), policy_keeps(C, L, S), A is abs(T - S).
at_issue(C, L, P) :- against(C, L), kept_whole(C, L), remitted(C, L, _, P).
at_issue(C, L, A) :- against(C, L), units_paid_for(C, L, U, N), remitted(C, L, _, P), Cents is floor((200 * P * U + N) / (2 * N)), A is P - Cents / 100.

:- predicate(appealable(claim: text, line: number), "there is money of line {line} to be asked for", "there is no money of line {line} to be asked for").
appealable(C, L) :- verdict(C, L, not_supported).
appealable(C, L) :- verdict(C, L, in_part), withheld(C, L, T), policy_keeps(C, L, S), T > S.
