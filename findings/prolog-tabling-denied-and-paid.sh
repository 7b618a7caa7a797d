#!/usr/bin/env bash
# SWI-Prolog with tabling, "denied unless paid, paid unless denied": `\+` says nobody and everybody,
# `tnot` counts what is undefined as an answer.
#
# Date: 2026-11-30, SWI-Prolog 10.1.10 (swipl-wasm 8.0.5, Node 20). Debian's 9.0.4 answers alike.
# Expected: two tabled rules that negate each other have the well-founded value "undefined"; so either
#   an error, or no line is both denied and paid, and counts count no undefined line.
# Found: written with `\+`, findall over all lines finds no denied and no paid line; asked line by
#   line, each is denied and each is paid; asked in general again, none. Written with `tnot/1`, findall
#   and aggregate_all(count) take undefined answers for answers: 2 denied and 3 paid of 3 lines, two of
#   them both. Only the delay list (call_delays/2) tells the undefined ones from the certain one.
# Why it matters: policies do get such pairs ("bundled unless separately payable", "payable unless
#   bundled"). An engine that checks nothing answers by how the question was put; SWI is a good oracle
#   for stratified rules alone.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm install --silent --no-fund --no-audit --no-save --prefix "$room" swipl-wasm@8.0.5 > npm.log 2>&1 ||
    { cat npm.log; exit 1; }

cat > plain.pl <<'PL'
:- use_module(library(lists)).
:- table denied/1, paid/1.
line(1). line(2).
denied(L) :- line(L), \+ paid(L).
paid(L) :- line(L), \+ denied(L).
report :-
    findall(L, denied(L), All), writeln('in general denied'-All),
    findall(L, paid(L), Paid), writeln('in general paid'-Paid),
    findall(L, (line(L), denied(L)), Each), writeln('line by line denied'-Each),
    findall(L, (line(L), paid(L)), Each2), writeln('line by line paid'-Each2),
    findall(L, denied(L), Again), writeln('in general denied'-Again).
PL
cat > wellfounded.pl <<'PL'
:- use_module(library(lists)).
:- use_module(library(aggregate)).
:- table denied/1, paid/1.
line(1). line(2). line(3).
denied(L) :- line(L), L < 3, tnot(paid(L)).
paid(L) :- line(L), tnot(denied(L)).
report :-
    aggregate_all(count, denied(_), Denied), aggregate_all(count, paid(_), Paid),
    writeln('denied and paid of three lines'-Denied-Paid),
    findall(L, (denied(L), paid(L)), Both), msort(Both, Sorted), writeln('both'-Sorted),
    findall(L-D, call_delays(paid(L), D), Pairs), msort(Pairs, Delays), writeln('paid, if'-Delays).
PL
cat > run.cjs <<'JS'
const fs = require('fs');
const SWIPL = require('swipl-wasm');
async function run(name) {
    const swipl = await SWIPL({arguments: ['-q'], print: text => console.log(text)});
    if (name === 'plain') {
        console.log('version', swipl.prolog.query('current_prolog_flag(version, V)').once().V);
    }
    console.log(name);
    swipl.FS.writeFile('/program.pl', fs.readFileSync(`${name}.pl`, 'utf8'));
    swipl.prolog.query("consult('/program.pl'), report").once();
}
run('plain').then(() => run('wellfounded'));
JS
node run.cjs | tee observed
diff observed - <<'EXPECTED'
version 100110
plain
in general denied-([])
in general paid-([])
line by line denied-[1,2]
line by line paid-[1,2]
in general denied-([])
wellfounded
denied and paid of three lines-2-3
both-[1,2]
paid, if-[1-paid(1),2-paid(2),3-true]
EXPECTED
echo "as found"
