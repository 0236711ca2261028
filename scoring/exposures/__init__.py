"""Exposures, what came of them, and what they teach: from the log of draws to uplift for every member."""
