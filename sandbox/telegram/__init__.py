"""A stand-in for the Telegram Bot API, and the people who chat with the bots on it."""
