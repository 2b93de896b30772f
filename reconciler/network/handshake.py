"""Why there is no TLS with a server: each reason with its own advice, or none."""

import ssl

from reconciler.network.words import TransportError, Way

# OpenSSL's X509_V_ERR_…, in x509_vfy.h.
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_UNKNOWN_ISSUER = (19, 20, 21)
_OTHER_NAME = (62, 64)

_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"}
_OLD_TLS = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}


def untrusted(error: ssl.SSLCertVerificationError, host: str, way: Way) -> TransportError:
    """The certificate that ``host`` showed is not taken."""
    certificate = f"the TLS certificate of {way.named(host)}"
    code, said = getattr(error, "verify_code", None), getattr(error, "verify_message", "")
    if code == _NOT_YET_VALID:
        return TransportError(
            f"{certificate} is not valid yet", "check this machine's date and time"
        )
    if code == _EXPIRED:
        return TransportError(f"{certificate} has expired", "have it renewed on the server")
    if code == _SELF_SIGNED:
        words = f"{certificate} is self-signed and not trusted"
        if way.trusted is None:
            return TransportError(words, "name a file that holds this certificate in SSL_CERT_FILE")
        return TransportError(words, f"it is not among those of {way.trusted}: add it there")
    if code in _UNKNOWN_ISSUER:
        words = f"{certificate} is signed by an authority that is not trusted: {said}"
        if way.trusted is None:
            return TransportError(
                words, "name the file of the authority's certificate in SSL_CERT_FILE"
            )
        return TransportError(words, f"it is not among those of {way.trusted}: add it there")
    if code in _OTHER_NAME:
        return TransportError(
            f"the TLS certificate of {way.named(host)} is for another name than {host}",
            f"write the name that it is for, or have one made for {host}",
        )
    return TransportError(f"{certificate} is not trusted: {said}")


def no_tls(error: ssl.SSLError, host: str, way: Way) -> TransportError:
    """There was no handshake with ``host``."""
    place = way.named(host)
    reason = getattr(error, "reason", None) or "no reason was given"
    if reason in _NO_TLS:
        return TransportError(
            f"{place} does not speak TLS ({reason}), and the address is https://",
            "write the port that speaks https",
        )
    if reason in _OLD_TLS:
        return TransportError(
            f"{place} speaks only versions of TLS that are no longer safe ({reason})",
            "switch TLS 1.2 or 1.3 on in its web server",
        )
    return TransportError(f"TLS with {place} failed: {reason}")
