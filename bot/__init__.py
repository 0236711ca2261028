"""The door of the member on Telegram."""
