"""The night shift of a programme: purchases read, everybody scored, all scores published at once."""
