"""Whole walks, from the till to the phone."""
