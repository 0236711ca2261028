"""Google's callbacks: a card was saved or taken out, believed only with Google's signatures (ECv2SigningOnly)."""
