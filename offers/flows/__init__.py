"""Verbs: one file is one use case is one transaction."""
