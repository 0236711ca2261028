"""What the bot answers: one file, one topic. Each file makes its own router, so that any number of bots can run."""
