"""Effects of what was done, against members kept out of it: intervals, alarms, power, off-policy value."""
