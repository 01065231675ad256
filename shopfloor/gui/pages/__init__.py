"""The pages of a terminal."""
