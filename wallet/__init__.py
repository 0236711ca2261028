"""The door of the member: what a card shows, and the wallets that show it."""
