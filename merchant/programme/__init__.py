"""The programme itself under /v1: what it promises, read and changed."""
