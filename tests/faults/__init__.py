"""Tests that kill, cut and starve."""
