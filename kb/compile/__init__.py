"""Rules to SQL: small passes from the checked program to sqlglot's syntax tree."""
