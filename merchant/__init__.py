"""The door of the people who work: the till, its scanner and its API."""
