"""Shopfloor runs a pull line: cards as signals, limits and stops as rules, on terminals that work alone."""

__version__ = "0.1.0"
