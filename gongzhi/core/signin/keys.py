"""Public keys, each bound to the algorithms that its own type allows (RFC 8725, sections 3.1 and 3.2).

What a token's header says can choose among these and never add to them; a symmetric key is never one of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from gongzhi.core.signin.refusals import refusal

Material: TypeAlias = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_RSA_BITS = range(2048, 8193)
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
ALGORITHMS = _RSA | {*_CURVES.values(), "EdDSA"}
"""Every algorithm that any key may be used with."""


class PublicKey(msgspec.Struct, frozen=True):
    """A key that checks signatures, under the id that tokens name it by."""

    kid: str | None
    algorithms: frozenset[str]
    material: Material


class KeySource(Protocol):
    """Where the keys of one issuer come from. `generation` grows whenever keys changed."""

    issuer: str
    audience: str
    generation: int

    async def candidates(self, kid: str | None) -> Sequence[PublicKey]:
        """The keys with this id, or all for a token that names none; empty if there are none.

        :raises Unavailable: the keys cannot be had now.
        """

    async def aclose(self) -> None:
        """Let go of connections."""


class _Jwk(msgspec.Struct, frozen=True):
    kty: str
    kid: str | None = None
    use: str | None = None
    key_ops: list[str] | None = None
    alg: str | None = None
    crv: str | None = None
    n: str | None = None
    e: str | None = None
    x: str | None = None
    y: str | None = None


def usable(jwks: Iterable[object]) -> Iterator[PublicKey]:
    """The keys of a set that may check signatures; what is not understood is passed over (RFC 7517, section 5)."""
    for entry in jwks:
        try:
            jwk = msgspec.convert(entry, _Jwk)
            material = _material(jwk)
        except (msgspec.ValidationError, InvalidKeyError, ValueError):
            continue
        algorithms = _algorithms(material)
        if jwk.alg is not None:
            algorithms &= {jwk.alg}
        if algorithms and jwk.use in (None, "sig") and (jwk.key_ops is None or "verify" in jwk.key_ops):
            yield PublicKey(kid=jwk.kid, algorithms=algorithms, material=material)


def choose(candidates: Sequence[PublicKey], algorithm: str) -> PublicKey:
    """The one candidate that may be used with the algorithm.

    :raises Unauthenticated: there is no candidate, none for this algorithm, or it is not clear which.
    """
    if not candidates:
        raise refusal("unknown-key")
    fitting = [key for key in candidates if algorithm in key.algorithms]
    if not fitting:
        raise refusal("algorithm-not-allowed")
    if len(fitting) > 1:
        raise refusal("unknown-key")
    return fitting[0]


def _material(jwk: _Jwk) -> Material:
    """The public key alone, even if a careless issuer published the private one."""
    given: dict[str, Any] = {
        name: value for name in ("kty", "crv", "n", "e", "x", "y") if (value := getattr(jwk, name)) is not None
    }
    match jwk.kty:
        case "RSA":
            key: object = RSAAlgorithm.from_jwk(given)
        case "EC":
            key = ECAlgorithm.from_jwk(given)
        case "OKP":
            key = OKPAlgorithm.from_jwk(given)
        case _:
            raise InvalidKeyError("no public key of a known type")
    if not isinstance(key, Material):
        raise InvalidKeyError("not a public key of an allowed type")
    return key


def _algorithms(key: Material) -> frozenset[str]:
    if isinstance(key, RSAPublicKey):
        return _RSA if key.key_size in _RSA_BITS else frozenset()
    if isinstance(key, EllipticCurvePublicKey):
        return frozenset({_CURVES[key.curve.name]}) if key.curve.name in _CURVES else frozenset()
    return frozenset({"EdDSA"})
