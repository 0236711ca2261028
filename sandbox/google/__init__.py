"""A stand-in for Google Wallet: the token endpoint, the REST API and the save page."""
