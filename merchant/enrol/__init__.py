"""Enrolling at the till, and where members came from."""
