"""A phone on localhost: what Apple's Wallet, Google's Wallet and a chat do with what is sent to them."""
