"""Probability models of repeated purchases: BG/NBD and Pareto/NBD for counts, gamma-gamma for baskets."""
