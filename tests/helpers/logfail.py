"""A log record at WARNING or above fails the test that caused it, unless the test said it would come."""

import logging


class LogGuard(logging.Handler):
    """Collects warnings from all threads; call it with a text that a record is expected to contain.

    Every expectation has to be met by at least one record, and every record by an expectation.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[str] = []
        self._expected: list[str] = []

    def __call__(self, text: str) -> None:
        """Expect one or more records at WARNING or above that contain `text`."""
        self._expected.append(text)

    @property
    def records(self) -> tuple[str, ...]:
        """What was logged so far at WARNING or above, as `LEVEL logger: message`."""
        return tuple(self._records)

    def verdict(self) -> str:
        """What is wrong, or nothing."""
        surprises = [line for line in self._records if not any(text in line for text in self._expected)]
        unmet = [text for text in self._expected if not any(text in line for line in self._records)]
        parts = []
        if surprises:
            parts.append("logged without expect_log:\n  " + "\n  ".join(surprises))
        if unmet:
            parts.append(f"expected in the log and not there: {unmet}; got {list(self._records)}")
        return "\n".join(parts)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record as text, with its traceback: its arguments may change later."""
        line = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info:
            line += "\n" + logging.Formatter().formatException(record.exc_info)
        self._records.append(line)
