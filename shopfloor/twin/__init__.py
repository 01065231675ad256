"""The line in software: people who scan and press, so that a newcomer sees a line live without hardware."""
