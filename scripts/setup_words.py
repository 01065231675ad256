"""How the scripts speak."""


class NotReady(Exception):
    """The machine lacks something; the text says what, and what to do."""


def say(words: str) -> None:
    """One calm line of progress."""
    print(f"shopfloor: {words}", flush=True)
