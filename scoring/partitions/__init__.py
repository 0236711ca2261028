"""A history of any length: parts of its members, by hash, worked at one after another or on many machines."""
