"""Lamps: what should shine as a value, the bytes of each kind, and one thread a lamp that keeps it shining."""
