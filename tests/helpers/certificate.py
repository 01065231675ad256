"""A certificate for 127.0.0.1 that nobody has signed but itself, made by openssl."""

import ssl
import subprocess
from pathlib import Path

from tests.helpers.tools import need_tools


def self_signed(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """(the server's side, the certificate's file)."""
    need_tools("openssl")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate
