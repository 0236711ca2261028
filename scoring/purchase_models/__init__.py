"""Probability models of repeated purchases: BG/NBD for counts, gamma-gamma for baskets."""
