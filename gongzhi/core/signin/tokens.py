"""A token's three parts: read without trust, then checked against a key."""

from typing import Any

import jwt
import msgspec

from gongzhi.core.signin.claims import Payload, read_payload
from gongzhi.core.signin.keys import ALGORITHMS, PublicKey
from gongzhi.core.signin.refusals import refusal

MAX_BYTES = 8192
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""Kinds of token that sign somebody in; a logout token or a proof of possession does not (RFC 8725, section 3.11)."""

_jws = jwt.PyJWS(algorithms=sorted(ALGORITHMS), options={"verify_signature": True, "enforce_minimum_key_length": True})


class Unverified(msgspec.Struct, frozen=True):
    """What a token claims, before anything of it was checked."""

    algorithm: str
    kid: str | None
    payload: Payload


def read(token: str) -> Unverified:
    """Take a token apart. Keys and addresses in its header (`jwk`, `jku`, `x5u`, …) are never looked at.

    :raises Unauthenticated: it cannot be read, or asks for what is never accepted.
    """
    try:
        parts = _jws.decode_complete(token, options={"verify_signature": False})
    except jwt.DecodeError as error:
        raise refusal("malformed") from error
    except jwt.InvalidTokenError as error:
        raise refusal("unsupported-header") from error
    header: dict[str, Any] = parts["header"]
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise refusal("algorithm-not-allowed")
    if "crit" in header or "b64" in header or str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise refusal("unsupported-header")
    return Unverified(algorithm=algorithm, kid=header.get("kid"), payload=read_payload(parts["payload"]))


def check_signature(token: str, key: PublicKey, algorithm: str) -> None:
    """Check the signature with the key and an algorithm that `choose` found it to allow.

    :raises Unauthenticated: it does not fit.
    """
    try:
        _jws.decode_complete(token, key.material, algorithms=[algorithm])
    except jwt.PyJWTError as error:
        raise refusal("bad-signature") from error
