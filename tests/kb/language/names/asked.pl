% Constants that can never match, since the policy declares something else.
a(C, L) :- line(C, L), setting(diluent_volume, any).
a(C, L) :- line(C, L), setting(diluent_volume_cc, '200').
a(C, L) :- line(C, L), setting(strict, yes), setting(diluent_volume_cc, any).
a(C, L) :- evidence(C, L, dosag, _).
a(C, L) :- evidence(C, L, physician_order, maybe).
a(C, L) :- evidence(C, L, administered_dose, _).
a(C, L) :- evidence(C, L, dosage, anything), evidence(C, L, physician_order, no).
a(C, L) :- evidence_number(C, L, physician_order, N), N > 1.
a(C, L) :- evidence_number(C, L, nope, _).
a(C, L) :- evidence_number(C, L, administered_dose, 1).
a(C, L) :- procedure(C, L, X), code_amount(X, drug, A), A > 1.
a(C, L) :- procedure(C, L, X), code_amount(X, dose_per_unit, A), A > 1.
a(C, L) :- procedure(C, L, X), code_in(X, kinds).
a(C, L) :- description(C, L, X), mentions(X, drug, flush).
a(C, L) :- description(C, L, X), mentions(X, kinds, flash), mentions(X, kinds, flush).
a(C, L) :- line(C, L), list_loaded(hcpcs_releases), list_loaded(hcpcs_release).
a(C, L) :- line(C, L), override(planet, _, _, waved, _, _), override(plan, _, _, waived, _, _).
a(C, L) :- line(C, L), clause_effect('R14-OFF-2', bundel), aggregate_all(count, setting(nope, _), N), N > 0.
