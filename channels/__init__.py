"""Ways out that have no door of their own: text messages."""
