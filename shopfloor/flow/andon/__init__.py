"""Figures of calls and stops, and of the alarm system itself."""
