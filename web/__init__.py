"""What every page and every API answer shares: problem documents, bodies, layout, limits."""
