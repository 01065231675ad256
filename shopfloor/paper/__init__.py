"""Cards and command sheets on paper."""
