"""Purchase histories: files read, checked, and folded into days of purchase."""
