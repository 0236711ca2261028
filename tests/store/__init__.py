"""Tests on the real MongoDB."""
