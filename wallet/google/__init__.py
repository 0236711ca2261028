"""Cards in Google Wallet: access tokens, bodies, the REST client and the save link."""
