"""How the house is, under /v1: what is wrong, and the mend, for an operator's page."""
