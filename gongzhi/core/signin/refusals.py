"""Why a token is not accepted, in words that help its holder and tell a forger nothing that is secret."""

from typing import Literal

from gongzhi.core.errors import Unauthenticated

Reason = Literal[
    "too-large",
    "malformed",
    "algorithm-not-allowed",
    "unsupported-header",
    "claims-not-usable",
    "unknown-issuer",
    "unknown-key",
    "bad-signature",
    "expired",
    "not-yet-valid",
    "wrong-audience",
]
"""`details["reason"]` of the Unauthenticated that a token gets; a client may depend on these words."""

_MESSAGES: dict[Reason, str] = {
    "too-large": "The token is larger than 8192 bytes; ask your identity provider for fewer claims in it.",
    "malformed": "The token is not a signed JWT of three parts; send it whole, as `Authorization: Bearer TOKEN`.",
    "algorithm-not-allowed": "The token's algorithm is not allowed for its key; RS, PS, ES and EdDSA signatures are.",
    "unsupported-header": "The token's header asks for what is not supported: an extension, or another type than JWT.",
    "claims-not-usable": "The token's iss, sub, aud, exp, nbf or iat is missing or of a wrong type.",
    "unknown-issuer": "The token comes from another issuer than the one that this server trusts; sign in there.",
    "unknown-key": "The token is signed with a key that its issuer does not publish (any more); sign in again.",
    "bad-signature": "The token's signature does not fit; it was changed, or signed with another key.",
    "expired": "The token has expired; sign in again.",
    "not-yet-valid": "The token is not valid yet; check the clocks of the issuer and of this server.",
    "wrong-audience": "The token is meant for another service; ask your issuer for one with this server's audience.",
}


def refusal(reason: Reason) -> Unauthenticated:
    """The error for a reason, to be raised; its details hold the reason for programs."""
    return Unauthenticated(_MESSAGES[reason], details={"reason": reason})
