"""Apple Wallet: signing, packaging, the PassKit web service, and pushes."""
