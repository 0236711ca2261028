"""Named segments of recency, frequency and spend, and clusters that keep their names between runs."""
