% What a policy concludes: an effect that there is, and that the clause declares.
applies(C, L, 'R14-OFF-2', bundeld) :- line(C, L).
applies(C, L, 'R14-OFF-2', denied) :- line(C, L).
applies(C, L, 'R14-OFF-2', bundled) :- line(C, L).
applies(C, L, 'R14-NOT-11', reduced) :- line(C, L).
applies(C, L, 'R14-NOT-11', pended) :- line(C, L).
reduces(C, L, 'R14-OFF-2', 1) :- line(C, L).
lacks(C, L, 'R14-OFF-2', dosage) :- line(C, L).
excludes(C, L, 'R14-OFF-2') :- line(C, L).
overriding(plan, 'R14-OFF-2').
overriding(planet, 'R14-SCP-2').
