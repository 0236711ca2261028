"""Apple's pass web service: one file per endpoint."""
