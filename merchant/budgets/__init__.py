"""Budgets: set and looked at by the operator."""
