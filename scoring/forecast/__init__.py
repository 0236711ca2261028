"""Next purchase, its count and its money for every member, learned at earlier cutoffs of the same history."""
