"""The night shift: every member of a programme scored from their purchases, and why."""
