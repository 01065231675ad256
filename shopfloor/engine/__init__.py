"""The one writer: inbox, decide, commit, apply, publish."""
