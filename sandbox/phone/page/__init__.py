"""The page that draws the phone: both cards, the chat, and the walk behind every change."""
