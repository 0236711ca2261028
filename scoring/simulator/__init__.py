"""A generative shop in which the truth is known, for policies and estimates to be judged by."""
