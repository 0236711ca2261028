"""How often coupons are used: what became of those whose life is over, and what the next ones will cost by it."""
