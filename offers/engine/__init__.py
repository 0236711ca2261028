"""Decisions: pure functions over nouns; time and chance are arguments."""
