"""The line's own certificate authority, and a certificate of it for every server.

By `cryptography`: `openssl` is not there on Windows and its command line differs between versions. Nothing expires: the
only trust is the authority in the joining key, a terminal whose clock's battery is dead must find its line, and a
certificate that ends in five years ends in the night shift. Another authority (a new folder, new keys)
is the revocation.
"""

import ipaddress
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shopfloor.link.joined import write_private
from shopfloor.link.subjects import TLS_NAME

_FROM: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2049, 12, 31, tzinfo=UTC)  # the last year of the short spelling of dates
_AUTHORITY: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shopfloor")])


class Authority:
    """Signs the certificates of a line's servers; its own certificate is in every joining key."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"

    def make(self) -> None:
        """Make it if it is not there. Raises OSError."""
        if self._key.exists() and self.certificate.exists():
            return
        key = Ed25519PrivateKey.generate()
        builder = _builder(key, subject=_AUTHORITY, serial=1)  # short: it has its place in a QR code
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        signed = builder.sign(key, None)
        write_private(self._key, _pem(key))
        write_private(self.certificate, signed.public_bytes(serialization.Encoding.PEM))

    def der(self) -> bytes:
        """The certificate as joining keys carry it. Raises OSError."""
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text("ascii"))

    def issue(self, folder: Path, hosts: Iterable[str]) -> None:
        """Write `server.pem` and `server.key` for a server of these names and addresses. Raises OSError."""
        key = Ed25519PrivateKey.generate()
        names = sorted({TLS_NAME, "localhost", "127.0.0.1", "::1", *hosts})
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TLS_NAME)])
        builder = _builder(key, subject=subject, serial=x509.random_serial_number())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        # The second use is for the routes of a cluster, where each node is the other's client.
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        signer = serialization.load_pem_private_key(self._key.read_bytes(), None)
        assert isinstance(signer, Ed25519PrivateKey)
        write_private(folder / "server.key", _pem(key))
        write_private(folder / "server.pem", builder.sign(signer, None).public_bytes(serialization.Encoding.PEM))


def _builder(key: Ed25519PrivateKey, *, subject: x509.Name, serial: int) -> x509.CertificateBuilder:
    empty = x509.CertificateBuilder(issuer_name=_AUTHORITY, subject_name=subject, public_key=key.public_key())
    return empty.serial_number(serial).not_valid_before(_FROM).not_valid_after(_UNTIL)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return x509.DNSName(text)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
