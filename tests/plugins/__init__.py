"""Pytest plugins: the shared MongoDB and the browser."""
