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
from typing import ClassVar, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shopfloor.link.joined import write_private
from shopfloor.link.server.config import GUESTS_NAME
from shopfloor.link.subjects import TLS_NAME

_FROM: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2049, 12, 31, tzinfo=UTC)  # the last year of the short spelling of dates
_Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey
_AUTHORITY: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shopfloor")])


class Authority:
    """Signs the certificates of a line's servers; its own certificate is in every joining key."""

    NAME: ClassVar = "ca"
    ISSUED: ClassVar = "server"

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / f"{self.NAME}.pem"
        self._key = folder / f"{self.NAME}.key"

    def make(self) -> None:
        """Make it if it is not there. Raises OSError."""
        if self._key.exists() and self.certificate.exists():
            return
        key = self._new_key()
        builder = _builder(key, subject=_AUTHORITY, serial=1)  # short: it has its place in a QR code
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        signed = self._sign(self._named(builder, key, key), key)
        write_private(self._key, _pem(key))
        write_private(self.certificate, signed.public_bytes(serialization.Encoding.PEM))

    def der(self) -> bytes:
        """The certificate as joining keys carry it. Raises OSError."""
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text("ascii"))

    def issue(self, folder: Path, hosts: Iterable[str]) -> None:
        """Write certificate and key of a server of these names and addresses. Raises OSError."""
        key = self._new_key()
        names = sorted({TLS_NAME, "localhost", "127.0.0.1", "::1", *hosts})
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TLS_NAME)])
        builder = _builder(key, subject=subject, serial=x509.random_serial_number())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        # The second use is for the routes of a cluster, where each node is the other's client.
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        signer = serialization.load_pem_private_key(self._key.read_bytes(), None)
        assert isinstance(signer, Ed25519PrivateKey | ec.EllipticCurvePrivateKey)
        signed = self._sign(self._named(builder, key, signer), signer)
        write_private(folder / f"{self.ISSUED}.key", _pem(key))
        write_private(folder / f"{self.ISSUED}.pem", signed.public_bytes(serialization.Encoding.PEM))

    def _new_key(self) -> _Private:
        return Ed25519PrivateKey.generate()

    def _sign(self, builder: x509.CertificateBuilder, signer: _Private) -> x509.Certificate:
        return builder.sign(signer, None if isinstance(signer, Ed25519PrivateKey) else hashes.SHA256())

    def _named(self, builder: x509.CertificateBuilder, key: _Private, signer: _Private) -> x509.CertificateBuilder:
        """Terminals need no more: they know the one authority there is, and every byte of it is in a QR code."""
        del key, signer
        return builder


class GuestAuthority(Authority):
    """The same for what guests see: with a curve and the marks that browsers and other people's programs insist on."""

    NAME = "guests-ca"
    ISSUED = GUESTS_NAME

    def _new_key(self) -> _Private:
        return ec.generate_private_key(ec.SECP256R1())

    def _named(self, builder: x509.CertificateBuilder, key: _Private, signer: _Private) -> x509.CertificateBuilder:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        parent = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        signs = key is signer
        usage = x509.KeyUsage(
            digital_signature=not signs,
            key_cert_sign=signs,
            crl_sign=signs,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            builder.add_extension(own, critical=False)
            .add_extension(parent, critical=False)
            .add_extension(usage, critical=True)
        )


def _builder(key: _Private, *, subject: x509.Name, serial: int) -> x509.CertificateBuilder:
    empty = x509.CertificateBuilder(issuer_name=_AUTHORITY, subject_name=subject, public_key=key.public_key())
    return empty.serial_number(serial).not_valid_before(_FROM).not_valid_after(_UNTIL)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return x509.DNSName(text)


def _pem(key: _Private) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
