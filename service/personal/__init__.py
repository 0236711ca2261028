"""Personal offers put together: scores, decisions and issuing, for the API, the commands and the night shift."""
