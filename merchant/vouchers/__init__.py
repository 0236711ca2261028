"""Voucher codes: made, looked at, revoked by the operator; redeemed and returned by the till."""
