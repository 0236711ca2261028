"""The member's own pages: joining, the card, and the pictures that Google fetches."""
