"""The parts of a station page."""
