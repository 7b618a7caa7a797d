"""The words and signs that the rule language takes from Prolog, or leaves to it."""

from __future__ import annotations

FUNCTIONS: dict[str, int] = {"ceiling": 1, "floor": 1, "abs": 1, "min": 2, "max": 2}
"""Functions of arithmetic with the number of their operands."""

MEASURES = ("sum", "min", "max")
"""Aggregates of an expression; ``count`` is the one without."""

COMPARATORS = ("<", "=<", ">", ">=", "=:=", "=\\=", "@<", "@=<", "@>", "@>=", "=", "\\=")
"""The signs that compare two sides."""

ARITHMETIC_COMPARATORS = frozenset(("<", "=<", ">", ">=", "=:=", "=\\="))
ORDER_COMPARATORS = frozenset(("@<", "@=<", "@>", "@>="))

_OPERATORS = """
as discontiguous div dynamic initialization is meta_predicate mod module_transparent multifile
public rdiv rem table thread_initialization thread_local volatile xor
"""
_BUILT_IN = """
abolish acyclic_term aggregate_all arg assert asserta assertz at_end_of_stream atom atom_chars
atom_codes atom_concat atom_length atomic bagof call callable catch char_code char_conversion clause
close compare compound consult copy_term current_char_conversion current_input current_op
current_output current_predicate current_prolog_flag fail false findall float flush_output forall
format functor get_byte get_char get_code ground halt integer keysort length member
message_queue_create message_queue_destroy message_queue_property mutex_create mutex_destroy
mutex_lock mutex_property mutex_trylock mutex_unlock nl nonvar not number number_chars number_codes
numbervars once op open peek_byte peek_char peek_code phrase predicate predicate_property print
put_byte put_char put_code read read_term retract retractall set_input set_output set_prolog_flag
set_stream_position setof sort stream_property sub_atom subsumes_term sumlist term_variables
thread_create thread_detach thread_get_message thread_peek_message thread_property thread_self
thread_send_message thread_signal throw true unify_with_occurs_check use_module var with_mutex write
write_canonical write_term writeln writeq
"""

OPERATOR_WORDS = frozenset(_OPERATORS.split())
"""Words that Prolog reads as operators, so that as text they stand in quotes."""

RESERVED = frozenset(_BUILT_IN.split()) | OPERATOR_WORDS | frozenset(FUNCTIONS)
"""Names that no predicate can have: Prolog keeps most of them for itself."""

DEEPEST_EXPRESSION = 100
"""How deep operations may stand inside each other."""

LONGEST_NUMBER = 300
"""How many characters a number may have."""

LONGEST_WORD = 200
"""How many characters a name or sign may have."""
