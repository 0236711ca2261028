"""The nouns kept in MongoDB; the only package that knows pymongo."""
