"""Why a TLS handshake failed, with advice where it is certain."""

import ssl

from reconciler.network.words import ConnectionInfo, TransportError

# OpenSSL's X509_V_ERR_…, in x509_vfy.h.
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_UNKNOWN_ISSUER = (19, 20, 21)
_OTHER_NAME = (62, 64)

_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"}
_OLD_TLS = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}


def untrusted(
    error: ssl.SSLCertVerificationError, host: str, info: ConnectionInfo
) -> TransportError:
    """Why the certificate of ``host`` was rejected."""
    certificate = f"the TLS certificate of {info.named(host)}"
    code, said = getattr(error, "verify_code", None), getattr(error, "verify_message", "")
    if code == _NOT_YET_VALID:
        return TransportError(
            f"{certificate} is not valid yet", "check this machine's date and time"
        )
    if code == _EXPIRED:
        return TransportError(f"{certificate} has expired", "have it renewed on the server")
    if code == _SELF_SIGNED:
        words = f"{certificate} is self-signed and not trusted"
        if info.trusted is None:
            return TransportError(words, "name a file that holds this certificate in SSL_CERT_FILE")
        return TransportError(words, f"it is not among those of {info.trusted}: add it there")
    if code in _UNKNOWN_ISSUER:
        words = f"{certificate} is signed by an authority that is not trusted: {said}"
        if info.trusted is None:
            return TransportError(
                words, "name the file of the authority's certificate in SSL_CERT_FILE"
            )
        return TransportError(words, f"it is not among those of {info.trusted}: add it there")
    if code in _OTHER_NAME:
        return TransportError(
            f"the TLS certificate of {info.named(host)} does not name {host}",
            f"write a name that the certificate has, or get one for {host}",
        )
    return TransportError(f"{certificate} is not trusted: {said}")


def no_tls(error: ssl.SSLError, host: str, info: ConnectionInfo) -> TransportError:
    """Why the TLS handshake with ``host`` failed."""
    place = info.named(host)
    reason = getattr(error, "reason", None) or "no reason was given"
    if reason in _NO_TLS:
        return TransportError(
            f"{place} does not speak TLS ({reason}), and the address is https://",
            "write the port of https",
        )
    if reason in _OLD_TLS:
        return TransportError(
            f"{place} speaks only versions of TLS that are no longer safe ({reason})",
            "enable TLS 1.2 or 1.3 in its web server",
        )
    return TransportError(f"TLS with {place} failed: {reason}")
