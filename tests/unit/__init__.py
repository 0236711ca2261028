"""Tests that need no server and no loop of their own."""
