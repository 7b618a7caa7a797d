"""Damaged inputs without end: nothing may raise, hang, lose a line or differ between engines."""
