"""Nouns: frozen dataclasses, no I/O."""
