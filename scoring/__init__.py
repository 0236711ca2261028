"""The night shift: who will leave, what they like, which offer pays; it never talks to a door."""
