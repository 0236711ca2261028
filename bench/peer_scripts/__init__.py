"""What runs with a peer's packages, each in a process of its own."""
