"""The API of live updates: how far they are behind, and which cards do not answer."""
