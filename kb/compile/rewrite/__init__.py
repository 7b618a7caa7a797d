"""Rewrites: passes from rules to equivalent rules, before any SQL."""
