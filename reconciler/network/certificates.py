"""Which certificates are trusted: those of ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, else the usual.

The variables count for every host, this machine included: at the end of a tunnel its name is
``localhost``, and the certificate is the server's own.
"""

import re
import ssl
from collections.abc import Mapping
from os import pathsep
from pathlib import Path

import httpx

from reconciler.errors import UsageError
from reconciler.inputs import LARGEST_CERTIFICATES, read_file

FILE, FOLDERS = "SSL_CERT_FILE", "SSL_CERT_DIR"

_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
_DER = b"\x30"


def tls_context(env: Mapping[str, str]) -> ssl.SSLContext:
    """A context that trusts what the environment names.

    Raise :class:`UsageError` naming the variable when there is nothing usable in it.
    """
    file, folders = env.get(FILE) or None, env.get(FOLDERS) or None
    if file is None and folders is None:
        return httpx.create_ssl_context(trust_env=False)
    if folders is not None:
        _check_folders(folders)
    if file is None:
        return ssl.create_default_context(capath=folders)
    content = _read(Path(file))
    try:
        return ssl.create_default_context(cafile=file, capath=folders)
    except ssl.SSLError:
        raise _no_certificate(file, content) from None


def trusted_by(env: Mapping[str, str]) -> str | None:
    """What the environment names in words, ``SSL_CERT_FILE (/etc/ca.pem)``; None: nothing."""
    named = [f"{name} ({env[name]})" for name in (FILE, FOLDERS) if env.get(name)]
    return " and ".join(named) or None


def _read(path: Path) -> bytes:
    try:
        return read_file(path, LARGEST_CERTIFICATES)
    except OSError as error:
        raise _unusable(FILE, str(path), f"which cannot be read: {error.strerror}") from None


def _no_certificate(path: str, content: bytes) -> UsageError:
    if not content.strip():
        return _unusable(FILE, path, "which is empty")
    hint = None
    if content.startswith(_DER):
        hint = f"it looks like DER: openssl x509 -inform DER -in {path} -out {path}.pem"
    return _unusable(FILE, path, "which holds no certificate in PEM form", hint)


def _check_folders(named: str) -> None:
    folders = [Path(each) for each in named.split(pathsep) if each]
    found = [folder for folder in folders if folder.is_dir()]
    if not found:
        raise _unusable(FOLDERS, named, "which is not a folder")
    if not any(_HASHED.fullmatch(entry.name) for folder in found for entry in folder.iterdir()):
        raise _unusable(
            FOLDERS,
            named,
            "in which OpenSSL finds no certificate: it looks for names like 5ed36f99.0",
            f"openssl rehash {found[0]}",
        )


def _unusable(variable: str, path: str, why: str, hint: str | None = None) -> UsageError:
    usual = f"correct {variable}, or unset it to trust the usual authorities"
    return UsageError(f"{variable} names {path}, {why}", hint=hint or usual)
