"""Signing identities: load, check, and make a throw-away chain for development. No key is ever committed."""
