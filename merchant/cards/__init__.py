"""The cards of members under /v1: listed, blocked, let work again, re-issued."""
