"""Rules about lines as formulas over the columns of one wide row, for millions of lines.

``plan`` goes from a program to formulas: ``domains`` (what predicates can hold before any line is
read), ``unfold`` (bodies without derived atoms that carry values), ``specialise`` and ``assemble``
(formulas), and ``guards`` (where a costly test can matter at all). ``emit`` writes their SQL.
"""
