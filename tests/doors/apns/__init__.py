"""Pushes to APNs: our client against a stand-in that speaks HTTP/2 and misbehaves on demand."""
