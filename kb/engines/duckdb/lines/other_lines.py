"""What holds of the other lines of a claim, as the bits of a context.

Where claims are short, each line is compared with each of its claim; where they are long, the lines
that meet a test are counted in groups of equal keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from facts.extras import Connection
from kb.compile.formulas.line_script import DAYS, OtherTest, mask_of
from kb.engines.duckdb.connection import one_row
from kb.engines.duckdb.lines.days import columns_of, tie
from kb.engines.duckdb.lines.tables import (
    ASKED,
    ASKING,
    CONTEXTS,
    ENDED,
    EVIDENCE_ROWS,
    MEETING,
    NEAREST,
    OTHERS,
    PAIRED,
    RELATED,
    SCOPE,
    SIGNED,
    RunTable,
)

_MOST_PAIRS = 40
"""Lines of its claim that a line is compared with, on average; with more, lines are counted."""

_ORDERS = {"other": "<>", "earlier": "<", "later": ">"}
"""How the number of the other line relates to that of the line, unless any line will do."""

Counts = tuple[list[str], list[str]]
"""SQL over ``asking l``: the bits of tests as numbers to be added, and joins that they need."""


def find_contexts(
    connection: Connection, tests: Sequence[OtherTest], has_evidence: bool, pairs: int | None
) -> None:
    """Make the table ``contexts``: the bits of other lines, of each line that asks and has one.

    Parameters
    ----------
    connection : Connection
        It has the tables ``signed`` and ``asked``.
    tests : sequence of OtherTest
        Test n is bit n.
    has_evidence : bool
        Whether any line has evidence.
    pairs : int, optional
        How many pairs of lines are of the same claim, where it is known.
    """
    columns = _picked(columns_of(tests))
    connection.execute(
        ASKING.of(
            f"SELECT l.line, l.claim_id, l.line_number{columns}, s.id, s.asks, s.answers "
            f"FROM {SIGNED} l JOIN {ASKED} s USING (signature) WHERE s.asks <> 0"
        )
    )
    (lines,) = one_row(connection, f"SELECT count(*) FROM {SIGNED}")
    compared = pairs is not None and pairs <= _MOST_PAIRS * lines
    bits, joins = (_count_pairs if compared else _count_groups)(connection, tests)
    for position, test in enumerate(tests):
        if test.evidence and has_evidence:
            related = RELATED.numbered(position)
            _relate(connection, related, position, test)
            joins.append(
                f"{_left_join(related, 1 << position)} AND {related}.line_number = l.line_number"
            )
            bits.append(_bit(f"{related}.line_number IS NOT NULL", position))
    connection.execute(
        CONTEXTS.of(
            "SELECT * FROM (SELECT l.line, l.line_number, l.id, "
            f"(({' + '.join(bits) or 0}) & l.asks)::BIGINT AS context FROM {ASKING} l "
            f"{' '.join(joins)}) WHERE context <> 0"
        )
    )


def _relate(connection: Connection, table: RunTable, position: int, test: OtherTest) -> None:
    """Make the table of lines whose evidence names another line that meets a condition."""
    other = "" if test.order == "any" else " AND e.line_number <> l.line_number"
    connection.execute(
        table.of(
            f"SELECT DISTINCT e.claim_id, e.line_number FROM {EVIDENCE_ROWS} e "
            f"JOIN {SIGNED} l ON l.claim_id = e.claim_id AND l.line_number = e.number "
            f"JOIN {ASKED} s USING (signature) "
            f"WHERE e.name = $1 AND s.answers & {1 << position} <> 0{other}"
        ),
        [test.evidence],
    )


def _count_pairs(connection: Connection, tests: Sequence[OtherTest]) -> Counts:
    """Count the other lines that meet each test; a claim of n lines has n * n pairs."""
    asked = [position for position, test in enumerate(tests) if not test.evidence]
    counted = [position for position in asked if tests[position].counted]
    found = mask_of(set(asked) - set(counted))
    kinds: dict[tuple[tuple[str, ...], str], int] = {}
    for position in asked:
        kind = (tests[position].keys, tests[position].order)
        kinds[kind] = kinds.get(kind, 0) | 1 << position
    if not kinds:
        return [], []
    masks = [_mask_of_pair(keys, order, mask) for (keys, order), mask in sorted(kinds.items())]
    counts = "".join(
        f", count(*) FILTER (matched & {1 << position} <> 0) AS c{position}" for position in counted
    )
    connection.execute(
        PAIRED.of(
            f"SELECT line, bit_or(matched) AS found{counts} FROM "
            f"(SELECT l.line, s.answers & l.asks & ({' | '.join(masks)}) AS matched "
            f"FROM {ASKING} l JOIN {SIGNED} o ON o.claim_id = l.claim_id "
            f"JOIN {ASKED} s ON s.signature = o.signature) WHERE matched <> 0 GROUP BY line"
        )
    )
    bits = [f"(coalesce({PAIRED}.found, 0) & {found})"] if found else []
    bits += [
        _counted_bit(f"{PAIRED}.c{position}", tests[position], position) for position in counted
    ]
    return bits, [f"LEFT JOIN {PAIRED} ON {PAIRED}.line = l.line"]


def _mask_of_pair(keys: Sequence[str], order: str, mask: int) -> str:
    """SQL of the tests that a pair of lines is of, by what the lines share and by their order."""
    ties = [tie(key, "o", "l") for key in keys]
    if order in _ORDERS:
        ties.append(f"o.line_number {_ORDERS[order]} l.line_number")
    return f"CASE WHEN {' AND '.join(ties)} THEN {mask} ELSE 0 END" if ties else str(mask)


def _count_groups(connection: Connection, tests: Sequence[OtherTest]) -> Counts:
    """Count the other lines that meet each test, in groups of equal keys.

    The work grows with the lines, however long the claims are: of the lines before or after, the
    nearest one tells how many there are. Only where days of spans have to meet, the lines before or
    after that a test is about are compared one by one.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for position, test in enumerate(tests):
        if not test.evidence:
            groups.setdefault(test.keys, []).append(position)
    columns = _picked(columns_of(tests))
    connection.execute(
        OTHERS.of(
            f"SELECT l.claim_id, l.line_number{columns}, s.answers "
            f"FROM {SIGNED} l JOIN {ASKED} s USING (signature) "
            f"JOIN (SELECT claim_id, bit_or(asks) AS wanted FROM {ASKING} GROUP BY claim_id) a "
            "USING (claim_id) WHERE s.answers & a.wanted <> 0"
        )
    )
    (longest,) = one_row(connection, f"SELECT max(line_number) FROM {SIGNED}")
    width = max(2, int(longest or 1).bit_length())
    bits: list[str] = []
    joins: list[str] = []
    for number, (keys, positions) in enumerate(sorted(groups.items())):
        asking = mask_of(positions)
        unordered = [each for each in positions if tests[each].order in ("any", "other")]
        chosen = {each: tests[each] for each in unordered}
        if chosen and DAYS in keys:
            bits += _sums_of_days(connection, number, keys, chosen, width, asking, joins)
        elif chosen:
            scope = SCOPE.numbered(number)
            bits += _sums(connection, scope, keys, chosen, width)
            joins.append(_left_join(scope, asking, keys))
        for position in positions:
            test = tests[position]
            if position in unordered:
                continue
            if DAYS in keys:
                meeting = MEETING.numbered(number, position)
                _count_meeting(connection, meeting, keys, position, test)
                joins.append(f"LEFT JOIN {meeting} ON {meeting}.line = l.line")
                bits.append(_counted_bit(f"{meeting}.n", test, position))
                continue
            nearest = NEAREST.numbered(number, position)
            _number_lines(connection, nearest, keys, position, test.order == "later")
            joins.append(
                f"ASOF {_left_join(nearest, asking, keys)} "
                f"AND {nearest}.line_number {_ORDERS[test.order]} l.line_number"
            )
            bits.append(_counted_bit(f"{nearest}.n", test, position))
    return bits, joins


def _sums(
    connection: Connection,
    scope: RunTable,
    keys: Sequence[str],
    tests: Mapping[int, OtherTest],
    width: int,
) -> list[str]:
    """Make the table of how many lines of a group meet tests; return the bits of the tests."""
    bits, totals = _packed(tests, width, lambda word: f"{scope}.{word}")
    group = f"l.claim_id{_picked(keys)}"
    picked = ", ".join(f"{total}::BIGINT AS {word}" for word, total in totals.items())
    connection.execute(
        scope.of(
            f"SELECT {group}, {picked} FROM {OTHERS} l "
            f"WHERE l.answers & {mask_of(tests)} <> 0 GROUP BY {group}"
        )
    )
    return bits


def _sums_of_days(
    connection: Connection,
    number: int,
    keys: Sequence[str],
    tests: Mapping[int, OtherTest],
    width: int,
    asking: int,
    joins: list[str],
) -> list[str]:
    """Count the lines of a group whose days meet those of a line; return the bits of the tests.

    They are those that begin by the last day of the line, less those that end before its first.
    """
    equal = [key for key in keys if key != DAYS]
    begun, ended = SCOPE.numbered(number), ENDED.numbered(number)
    bits, totals = _packed(
        tests, width, lambda word: f"(coalesce({begun}.{word}, 0) - coalesce({ended}.{word}, 0))"
    )
    own = "".join(f", {key}" for key in equal)
    summed = ", ".join(f"{total}::BIGINT AS {word}" for word, total in totals.items())
    added = ", ".join(f"(sum({word}) OVER up_to)::BIGINT AS {word}" for word in totals)
    for table, day, until in (
        (begun, "service_date", "<= l.last_day"),
        (ended, "last_day", "< l.service_date"),
    ):
        connection.execute(
            table.of(
                f"SELECT claim_id{own}, day, {added} FROM "
                f"(SELECT l.claim_id{_picked(equal)}, l.{day} AS day, {summed} FROM {OTHERS} l "
                f"WHERE l.answers & {mask_of(tests)} <> 0 GROUP BY ALL) "
                f"WINDOW up_to AS (PARTITION BY claim_id{own} ORDER BY day)"
            )
        )
        joins.append(f"ASOF {_left_join(table, asking, equal)} AND {table}.day {until}")
    return bits


def _count_meeting(
    connection: Connection, table: RunTable, keys: Sequence[str], position: int, test: OtherTest
) -> None:
    """Make the table of how many lines before or after a line meet a test, and its days."""
    ties = " AND ".join(tie(key, "o", "l") for key in keys)
    bit = 1 << position
    connection.execute(
        table.of(
            f"SELECT l.line, count(*) AS n FROM {ASKING} l JOIN {OTHERS} o "
            f"ON o.claim_id = l.claim_id AND {ties} "
            f"AND o.line_number {_ORDERS[test.order]} l.line_number "
            f"WHERE l.asks & {bit} <> 0 AND o.answers & {bit} <> 0 GROUP BY l.line"
        )
    )


def _packed(
    tests: Mapping[int, OtherTest], width: int, held: Callable[[str], str]
) -> tuple[list[str], dict[str, str]]:
    """Return the bits of tests, and SQL of the words that hold how many lines meet them."""
    per_word = 62 // width
    sums: list[list[str]] = []
    bits = []
    for place, (position, test) in enumerate(tests.items()):
        word, field = divmod(place, per_word)
        if field == 0:
            sums.append([])
        own = f"((l.answers >> {position}) & 1)"
        sums[word].append(f"({own} << {field * width})")
        total = f"(({held(f'w{word}')} >> {field * width}) & {(1 << width) - 1})"
        bits.append(
            _counted_bit(f"({total} - {own})" if test.order == "other" else total, test, position)
        )
    return bits, {f"w{word}": f"sum({' + '.join(parts)})" for word, parts in enumerate(sums)}


def _number_lines(
    connection: Connection, table: RunTable, keys: Sequence[str], position: int, last_first: bool
) -> None:
    """Make the table of the lines of each group that meet a test, numbered in order."""
    group = f"l.claim_id{_picked(keys)}"
    direction = " DESC" if last_first else ""
    connection.execute(
        table.of(
            f"SELECT {group}, l.line_number, row_number() OVER "
            f"(PARTITION BY {group} ORDER BY l.line_number{direction}) AS n "
            f"FROM {OTHERS} l WHERE l.answers & {1 << position} <> 0"
        )
    )


def _picked(keys: Iterable[str]) -> str:
    return "".join(f", l.{key}" for key in sorted(keys))


def _bit(condition: str, position: int) -> str:
    return f"CASE WHEN {condition} THEN {1 << position} ELSE 0 END"


def _counted_bit(total: str, test: OtherTest, position: int) -> str:
    return _bit(f"coalesce({total}, 0) {test.check}", position)


def _left_join(table: RunTable, asking: int, keys: Sequence[str] = ()) -> str:
    """SQL that joins a table by claim and keys, for lines that ask for one of some tests."""
    ties = "".join(f" AND {table}.{key} = l.{key}" for key in keys)
    claim = f"CASE WHEN l.asks & {asking} <> 0 THEN l.claim_id END"
    return f"LEFT JOIN {table} ON {table}.claim_id = {claim}{ties}"
