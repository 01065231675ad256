"""A web service that takes messages as JSON."""

import http.client
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from urllib.parse import urlsplit

import msgspec

from shopfloor.core.line_andon import Sender
from shopfloor.outward.message import Message, document
from shopfloor.outward.sender import SEND_S_MAX, SendFault

ANSWER_BYTES_MAX = 200  # of an error, for the words

# What is wrong with the message itself; whatever else is wrong is the sender's set-up or passes.
_PERMANENT = frozenset({400, 406, 411, 413, 415, 422, 431})
_CHECK = "Check the sender's target, user and password, and that the service is reachable from here."


class WebhookSending:
    """POSTs one JSON document a message, with `Idempotency-Key`; https is verified, redirections are not followed."""

    def __init__(self, sender: Sender, password: str) -> None:
        self._sender = sender
        url = urlsplit(sender.target)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise SendFault(
                f"Expected a target such as https://host/path, got {sender.target}.",
                remedy=f"Correct the target of {sender.id} in the line file.",
            )
        self._headers = {"Content-Type": "application/json", "User-Agent": "shopfloor"}
        if sender.user:
            basic = b64encode(f"{sender.user}:{password}".encode()).decode("ascii")
            self._headers["Authorization"] = f"Basic {basic}"
        elif password:
            self._headers["Authorization"] = f"Bearer {password}"
        context = ssl.create_default_context()
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect())

    def send(self, message: Message) -> None:
        """Any 2xx is taken as received; raises SendFault."""
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._sender.target,
            data=msgspec.json.encode(document(message)),
            headers=self._headers | {"Idempotency-Key": message.id},
            method="POST",
        )
        try:
            with self._opener.open(request, timeout=SEND_S_MAX) as answer:
                answer.read(ANSWER_BYTES_MAX)
        except urllib.error.HTTPError as error:
            with error:
                raise self._fault(error) from error
        except (OSError, http.client.HTTPException) as error:  # URLError, time-outs and TLS errors are OSErrors
            raise SendFault(f"{self._host} cannot be reached: {error}", remedy=_CHECK) from error

    def close(self) -> None:
        """Nothing is kept."""
        self._opener.close()

    @property
    def _host(self) -> str:
        return urlsplit(self._sender.target).netloc.rpartition("@")[2]

    def _fault(self, error: urllib.error.HTTPError) -> SendFault:
        location = error.headers.get("Location")
        said = f" to {location}" if location else f": {_start(error)}"
        words = f"{self._host} answered {error.code} {error.reason}{said}"
        return SendFault(words, remedy=_CHECK, permanent=error.code in _PERMANENT)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A POST that is redirected arrives as a GET without its body: the message would be lost without a word."""

    def redirect_request(self, *args: object) -> None:
        """No request follows: the redirection itself is the answer."""


def _start(error: urllib.error.HTTPError) -> str:
    try:
        return " ".join(error.read(ANSWER_BYTES_MAX).decode("utf-8", "replace").split())
    except (OSError, http.client.HTTPException):
        return ""
