"""The Russian and English texts of every door, one gettext catalogue."""
