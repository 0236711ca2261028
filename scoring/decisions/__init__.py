"""Who gets which offer and level under a budget, within bounds, with a reason for each."""
