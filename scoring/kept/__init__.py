"""Trained models kept as versions: written to files, found again, and trusted while nothing speaks against them."""
