"""Tests of one door with the stand-ins of the sandbox."""
