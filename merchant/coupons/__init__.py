"""Coupons: granted, listed, activated, revoked by the operator; redeemed and returned by the till."""
