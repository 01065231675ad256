"""Mail."""

import hashlib
import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate
from urllib.parse import urlsplit

from shopfloor.core.line_andon import Sender
from shopfloor.core.moment import US_PER_S
from shopfloor.outward.message import Addressee, Message
from shopfloor.outward.sender import SEND_S_MAX, SendFault

PORT = 25
TLS_PORT = 465

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TEMPORARY = range(400, 500)
_CHECK = "Check the sender's target, user and password, and that the mail server is reachable."


class SmtpSending:
    """One connection a message: STARTTLS when offered (smtps:// begins with it), a password only under TLS.

    Without a user the server's certificate is not verified, for mail servers in plants sign their own: it is still
    better than nothing. With a user it is.
    """

    def __init__(self, sender: Sender, password: str) -> None:
        self._sender, self._password = sender, password
        url = urlsplit(sender.target)
        self._implicit = url.scheme == "smtps"
        self._host = url.hostname or ""
        self._port = url.port or (TLS_PORT if self._implicit else PORT)
        if not self._host:
            raise SendFault(
                f"Expected a target such as smtp://host:25, got {sender.target}.",
                remedy=f"Correct the target of {sender.id} in the line file.",
            )

    def send(self, message: Message) -> None:
        """Hand the mail to the server, for everybody at once; raises SendFault."""
        to = [one for one in message.to if one.email]
        if not to:
            raise SendFault("Nobody of those called has a mail address.", remedy="Add email to people.", permanent=True)
        try:
            refused = self._deliver(self._mail(message, to), [one.email for one in to])
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(to, error.recipients) from error
        except smtplib.SMTPAuthenticationError as error:
            raise SendFault(f"{self._where} refused the password: {_said(error)}", remedy=_CHECK) from error
        except smtplib.SMTPResponseException as error:
            # After a 5xx for the message itself the next try brings the same; before it, the server may recover.
            permanent = isinstance(error, smtplib.SMTPDataError) and error.smtp_code not in _TEMPORARY
            raise SendFault(f"{self._where} answered: {_said(error)}", remedy=_CHECK, permanent=permanent) from error
        except smtplib.SMTPNotSupportedError as error:
            raise SendFault(f"{self._where}: {error}", remedy=_CHECK, permanent=True) from error
        except OSError as error:  # smtplib's other errors, time-outs and TLS errors among them
            raise SendFault(f"{self._where} cannot be reached: {error}", remedy=_CHECK) from error
        if refused:
            raise _refused(to, refused)

    def close(self) -> None:
        """Nothing is kept."""

    def _deliver(self, mail: EmailMessage, to: list[str]) -> dict[str, tuple[int, bytes]]:
        server = self._connected()
        try:
            refused = server.send_message(mail, from_addr=self._sender.sender, to_addrs=to)
            with suppress(OSError):  # it has the mail: how it says goodbye must not have it sent again
                server.quit()
        finally:
            server.close()
        return refused

    @property
    def _where(self) -> str:
        return f"The mail server {self._host}:{self._port}"

    def _connected(self) -> smtplib.SMTP:
        context = self._context()
        own = socket.gethostname()  # smtplib would ask the name service, which may take longer than the mail
        server: smtplib.SMTP
        if self._implicit:
            server = smtplib.SMTP_SSL(self._host, self._port, own, timeout=SEND_S_MAX, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, own, timeout=SEND_S_MAX)
        try:
            self._greet(server, context)
        except (OSError, SendFault):
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo_or_helo_if_needed()
        safe = self._implicit or self._host in _LOOPBACK
        if not self._implicit and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            safe = True
        if not self._sender.user:
            return
        if not safe:
            raise SendFault(
                f"{self._where} offers no encryption, and the password is not sent in the open.",
                remedy="Let it offer STARTTLS, name it as smtps://, or take the user out of the line file.",
            )
        server.login(self._sender.user, self._password)

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self._sender.user:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _mail(self, message: Message, to: list[Addressee]) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = _one_line(message.subject)
        mail["From"] = formataddr((_one_line(message.line_name), self._sender.sender))
        mail["To"] = ", ".join(formataddr((_one_line(one.name), one.email)) for one in to)
        mail["Date"] = formatdate(message.at_us // US_PER_S)
        # The same message sent again after a kill is one mail for whoever sorts by this.
        mail["Message-ID"] = f"<{hashlib.sha256(message.id.encode()).hexdigest()[:32]}@shopfloor.invalid>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Shopfloor-Id"] = _one_line(message.id)
        mail.set_content(message.text)
        return mail


def _refused(to: list[Addressee], refused: dict[str, tuple[int, bytes]]) -> SendFault:
    """Who was refused for now is tried again; who was refused for good is not."""
    later = tuple(one for one in to if one.email in refused and refused[one.email][0] in _TEMPORARY)
    never = tuple(one for one in to if one.email in refused and one not in later)
    said = "; ".join(f"{email}: {code} {_text(words)}" for email, (code, words) in refused.items())
    return SendFault(
        f"Refused: {said}",
        remedy="Check the address of these people in the line file, and what the mail server accepts.",
        permanent=not later,
        refused=never,
        left=later,
    )


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def _one_line(text: str) -> str:
    return " ".join(text.split())
