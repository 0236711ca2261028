"""The offer engine that every door shares."""
