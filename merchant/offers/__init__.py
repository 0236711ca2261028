"""Offers as text: bodies of the API and files that people review, one model for both."""
