"""Calls from the rules: what is so for too long at a station calls by itself."""
