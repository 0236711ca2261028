"""Members as the office and the tills see them: balances, own terms, adjustments, merges, prepaid money, referrals."""
