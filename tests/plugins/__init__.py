"""Pytest plugins: the shared MongoDB, the browser, the order of tests."""
