"""A day of a large programme: time is simulated, the code and the database are real."""
