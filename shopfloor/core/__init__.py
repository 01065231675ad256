"""The rules of the line: pure values and functions, with time and identity passed in."""
