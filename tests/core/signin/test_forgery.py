"""Tokens made by somebody who knows everything that is public."""

import base64
import hmac
import json
import string
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gongzhi.core.errors import Unauthenticated
from gongzhi.core.settings import Settings
from gongzhi.core.signin import TokenVerifier, issue_token
from gongzhi.core.signin.refusals import Reason
from tests.core.signin.issuer import Issuer, PrivateKey, jwk
from tests.core.signin.refused import reason

Keys = dict[str, PrivateKey]


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def assembled(header: object, payload: object, signature: bytes) -> str:
    return ".".join(
        [*(encoded(json.dumps(part, default=str).encode()) for part in (header, payload)), encoded(signature)]
    )


def claims(issuer: Issuer) -> dict[str, object]:
    return {"iss": issuer.url, "sub": "zhang", "aud": "gongzhi", "exp": 4_000_000_000}


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("kid", ["rsa", "p256", "ed"])
async def test_a_public_key_is_no_shared_secret(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys, kid: str, encoding: Encoding
) -> None:
    secret = private_keys[kid].public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    unsigned = assembled({"alg": "HS256", "kid": kid}, claims(issuer), b"").removesuffix(".")
    token = f"{unsigned}.{encoded(hmac.digest(secret, unsigned.encode(), 'sha256'))}"
    assert await reason(verifier, token) == "algorithm-not-allowed"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 7, ["RS256"], {}, "HS512", "ES256K", "rs256"])
async def test_other_algorithms_are_refused(verifier: TokenVerifier, issuer: Issuer, algorithm: object) -> None:
    for signature in (b"", b"x" * 64):
        token = assembled({"alg": algorithm, "kid": "ed"}, claims(issuer), signature)
        assert await reason(verifier, token) == "algorithm-not-allowed"


async def test_a_header_without_algorithm_is_refused(verifier: TokenVerifier, issuer: Issuer) -> None:
    assert await reason(verifier, assembled({"kid": "ed"}, claims(issuer), b"x" * 64)) == "algorithm-not-allowed"


@pytest.mark.parametrize(
    ("kid", "algorithm"),
    [("rsa", "ES256"), ("rsa", "EdDSA"), ("p256", "RS256"), ("p256", "ES384"), ("p384", "ES256"), ("ed", "PS256")],
)
async def test_a_key_serves_the_algorithms_of_its_type_only(
    verifier: TokenVerifier, issuer: Issuer, kid: str, algorithm: str
) -> None:
    token = assembled({"alg": algorithm, "kid": kid}, claims(issuer), b"x" * 64)
    assert await reason(verifier, token) == "algorithm-not-allowed"


async def test_a_key_that_names_its_algorithm_serves_no_other(issuer: Issuer, private_keys: Keys) -> None:
    issuer.keys = [jwk(private_keys["rsa"], "rsa", alg="PS256")]
    async with TokenVerifier(issuer.settings) as verifier:
        assert (await verifier.verify(issuer.token(private_keys["rsa"], "PS256", "rsa"))).subject == "zhang"
        token = issuer.token(private_keys["rsa"], "RS256", "rsa")
        assert await reason(verifier, token) == "algorithm-not-allowed"


@pytest.mark.parametrize(
    "unfit",
    [
        {"kty": "oct", "kid": "x", "k": encoded(b"x" * 32)},
        {"kty": "oct", "kid": "x", "k": encoded(b"x" * 32), "alg": "RS256"},
        jwk(Ed25519PrivateKey.generate(), "x", use="enc"),
        jwk(Ed25519PrivateKey.generate(), "x", key_ops=["sign"]),
        jwk(Ed25519PrivateKey.generate(), "x", alg="RS256"),
        jwk(rsa.generate_private_key(public_exponent=65537, key_size=1024), "x"),
        jwk(ec.generate_private_key(ec.SECP256K1()), "x"),
        {"kty": "EC", "crv": "P-256", "kid": "x", "x": encoded(b"x" * 32), "y": encoded(b"y" * 32)},
        {"kty": "OKP", "crv": "Ed25519", "kid": "x", "x": "!"},
        {"kty": "OKP", "crv": "Ed448", "kid": "x", "x": encoded(b"x" * 57)},
        {"kty": "RSA", "kid": "x"},
        {"kid": "x"},
        {"kty": 7, "kid": "x"},
    ],
    ids=lambda key: str(key.get("kty")),
)
async def test_keys_that_may_not_check_signatures_are_passed_over(
    issuer: Issuer, private_keys: Keys, unfit: dict[str, object]
) -> None:
    issuer.keys.append(unfit)
    async with TokenVerifier(issuer.settings) as verifier:
        for algorithm in ("RS256", "ES256", "EdDSA"):
            token = assembled({"alg": algorithm, "kid": "x"}, claims(issuer), b"x" * 64)
            assert await reason(verifier, token) == "unknown-key"
        assert (await verifier.verify(issuer.token(private_keys["ed"], "EdDSA", "ed"))).subject == "zhang"


async def test_a_published_private_key_still_only_checks(issuer: Issuer, private_keys: Keys) -> None:
    key = private_keys["p256"]
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    issuer.keys = [jwk(key, "p256", d=encoded(key.private_numbers().private_value.to_bytes(32, "big")))]
    async with TokenVerifier(issuer.settings) as verifier:
        assert (await verifier.verify(issuer.token(key, "ES256", "p256"))).subject == "zhang"


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": True},
        {"crit": []},
        {"b64": True},
        {"kid": 7},
        {"typ": "logout+jwt"},
        {"typ": "dpop+jwt"},
        {"typ": None},
        {"typ": ["JWT"]},
    ],
)
async def test_header_extensions_and_other_types_are_refused(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys, header: dict[str, object]
) -> None:
    valid = {"alg": "EdDSA", "kid": "ed"}
    unsigned = assembled(valid | header, claims(issuer), b"").removesuffix(".")
    key = private_keys["ed"]
    assert isinstance(key, Ed25519PrivateKey)
    token = f"{unsigned}.{encoded(key.sign(unsigned.encode()))}"
    assert await reason(verifier, token) == "unsupported-header"


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+jwt"])
async def test_types_of_token_that_sign_in(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys, kind: str
) -> None:
    token = issuer.token(private_keys["ed"], "EdDSA", "ed", header={"typ": kind})
    assert (await verifier.verify(token)).subject == "zhang"


async def test_a_key_inside_the_token_is_not_used(verifier: TokenVerifier, issuer: Issuer) -> None:
    own = Ed25519PrivateKey.generate()
    header = {"jwk": jwk(own, "ed"), "jku": f"{issuer.url}/evil", "x5u": f"{issuer.url}/evil"}
    assert await reason(verifier, issuer.token(own, "EdDSA", "ed", header=header)) == "bad-signature"
    assert await reason(verifier, issuer.token(own, "EdDSA", "own", header=header)) == "unknown-key"
    assert f"{issuer.url}/evil" not in issuer.requests


@pytest.mark.parametrize(("kid", "algorithm"), [("rsa", "RS256"), ("rsa", "PS512"), ("p256", "ES256"), ("ed", "EdDSA")])
async def test_a_changed_part_is_noticed(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys, kid: str, algorithm: str
) -> None:
    token = issuer.token(private_keys[kid], algorithm, kid)
    header, payload, signature = token.split(".")
    other = jwt.utils.base64url_decode(signature)
    changed = {
        "payload": f"{header}.{encoded(jwt.utils.base64url_decode(payload).replace(b'zhang', b'admin'))}.{signature}",
        "header": f"{encoded(json.dumps({'alg': algorithm, 'kid': kid, 'x': 1}).encode())}.{payload}.{signature}",
        "signature": f"{header}.{payload}.{encoded(bytes([other[0] ^ 1]) + other[1:])}",
        "shorter": f"{header}.{payload}.{encoded(other[:-1])}",
        "longer": f"{header}.{payload}.{encoded(other + b'x')}",
        "no signature": f"{header}.{payload}.",
    }
    assert {name: await reason(verifier, text) for name, text in changed.items()} == dict.fromkeys(
        changed, "bad-signature"
    )
    assert (await verifier.verify(token)).subject == "zhang"


async def test_a_zero_ecdsa_signature_is_refused(verifier: TokenVerifier, issuer: Issuer) -> None:
    token = assembled({"alg": "ES256", "kid": "p256"}, claims(issuer), bytes(64))
    assert await reason(verifier, token) == "bad-signature"


def unsigned(header: bytes, payload: bytes) -> str:
    return f"{encoded(header)}.{encoded(payload)}."


MALFORMED: list[tuple[str, Reason]] = [
    ("", "malformed"),
    (".", "malformed"),
    ("..", "malformed"),
    ("a.b", "malformed"),
    ("a.b.c", "malformed"),
    ("令牌", "malformed"),
    ("\ud800.e30.e30", "malformed"),
    ("\0", "malformed"),
    ("x" * 8193, "too-large"),
    ("\ud800" * 8193, "too-large"),
    (f"{encoded(b'[]')}.{encoded(b'{}')}.", "malformed"),
    (f"{encoded(b'[' * 3000)}.{encoded(b'{}')}.", "malformed"),
    (unsigned(b'{"a":' + b"9" * 5000 + b"}", b"{}"), "malformed"),
    (unsigned(b'{"alg":"EdDSA"}', b"[]"), "claims-not-usable"),
    (unsigned(b'{"alg":"EdDSA"}', b'{"a":' + b"[" * 4000), "claims-not-usable"),
    (unsigned(b'{"alg":"EdDSA"}', b'{"iss":"' + bytes([255]) + b'"}'), "claims-not-usable"),
    (unsigned(b'{"alg":"EdDSA"}', b'{"exp":' + b"9" * 5000 + b"}"), "claims-not-usable"),
]


@pytest.mark.parametrize(("token", "expected"), MALFORMED, ids=range(len(MALFORMED)))
async def test_what_is_no_token_is_refused(verifier: TokenVerifier, token: str, expected: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        await verifier.verify(token)
    assert refusal.value.details["reason"] == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
headers = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("typ", "kid", "crit", "b64"), json_values) | {"alg": json_values | st.just("EdDSA")}
)
payloads = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("sub", "nbf", "iat"), json_values)
    | {"iss": json_values | st.just("gongzhi-local"), "aud": json_values | st.just("gongzhi")}
    | {"exp": json_values | st.integers(0, 2**40)},
)
shaped = st.builds(assembled, headers, payloads, st.binary(max_size=70))
parts = st.lists(st.text(string.ascii_letters + string.digits + "-_=", max_size=40), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def local_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(database=f"sqlite:///{tmp_path_factory.mktemp('local') / 'gongzhi.sqlite'}")


@settings(max_examples=400, deadline=None)
@given(token=st.text() | parts.map(".".join) | shaped)
@example(token="\ud800")
async def test_any_text_is_refused_and_nothing_breaks(local_settings: Settings, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await TokenVerifier(local_settings).verify(token)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
async def test_no_changed_character_goes_unnoticed(local_settings: Settings, data: st.DataObject) -> None:
    token = issue_token(local_settings, "zhang")
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(
        st.sampled_from(string.ascii_letters + string.digits + "-_.=").filter(lambda c: c != token[place])
    )
    with pytest.raises(Unauthenticated):
        await TokenVerifier(local_settings).verify(token[:place] + other + token[place + 1 :])


def test_the_local_key_lies_where_the_tests_put_it(local_settings: Settings) -> None:
    issue_token(local_settings, "zhang")
    assert (Path(local_settings.database.removeprefix("sqlite:///")).parent / ".gongzhi/signing_key.pem").exists()
