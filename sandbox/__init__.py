"""Stand-ins on localhost for the services Tessera speaks to, and the phone that shows them."""
