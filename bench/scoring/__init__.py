"""Benchmarks of scoring on real histories and trials."""
