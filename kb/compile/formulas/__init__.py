"""Rules about lines as formulas over the columns of one wide row, for millions of lines.

The passes, in order: ``constants`` (predicates known before any line is read), ``domains`` (which
constants a column can hold), ``unfold`` (a body without derived atoms that carry values),
``specialise`` (formulas), ``guards`` (where a costly condition can matter at all), and
``pipeline`` (statements for DuckDB).
"""
