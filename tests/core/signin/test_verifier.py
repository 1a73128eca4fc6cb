from datetime import UTC, datetime, timedelta

import pytest

from gongzhi.core import clock
from gongzhi.core.signin import Claims, TokenVerifier
from gongzhi.core.signin import verifier as verifier_module
from tests.core.signin.issuer import DISCOVERY, KEYS, Issuer, PrivateKey
from tests.core.signin.refused import reason

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCEPTED = [
    *[(f"{family}{bits}", "rsa") for family in ("RS", "PS") for bits in (256, 384, 512)],
    ("ES256", "p256"),
    ("ES384", "p384"),
    ("ES512", "p521"),
    ("EdDSA", "ed"),
]


@pytest.mark.parametrize(("algorithm", "kid"), ACCEPTED)
async def test_every_allowed_algorithm_is_accepted(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey], algorithm: str, kid: str
) -> None:
    with clock.frozen(NOW):
        claims = await verifier.verify(issuer.token(private_keys[kid], algorithm, kid))
    assert claims == Claims(issuer=issuer.url, subject="zhang", audience=("gongzhi",), expires_at=NOW + HOUR)


async def test_one_audience_of_several_is_enough(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey]
) -> None:
    claims = await verifier.verify(issuer.token(private_keys["ed"], "EdDSA", "ed", aud=["other", "gongzhi"]))
    assert claims.audience == ("other", "gongzhi")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"exp": NOW - timedelta(seconds=30)}, "expired"),
        ({"exp": 0}, "expired"),
        ({"nbf": NOW + timedelta(seconds=31)}, "not-yet-valid"),
        ({"iat": NOW + timedelta(seconds=31)}, "not-yet-valid"),
        ({"aud": "gongzhi2"}, "wrong-audience"),
        ({"aud": []}, "wrong-audience"),
        ({"aud": ["GONGZHI", "gongzhi/"]}, "wrong-audience"),
        ({"iss": "https://id.example"}, "unknown-issuer"),
        ({"iss": "gongzhi-local"}, "unknown-issuer"),
        ({"iss": None}, "claims-not-usable"),
        ({"aud": None}, "claims-not-usable"),
        ({"exp": None}, "claims-not-usable"),
        ({"sub": None}, "claims-not-usable"),
        ({"sub": ""}, "claims-not-usable"),
        ({"sub": 7}, "claims-not-usable"),
        ({"exp": "2099-01-01"}, "claims-not-usable"),
        ({"exp": 1e300}, "claims-not-usable"),
        ({"exp": True}, "claims-not-usable"),
        ({"nbf": "soon"}, "claims-not-usable"),
        ({"aud": {"gongzhi": 1}}, "claims-not-usable"),
    ],
)
async def test_claims_that_do_not_hold_are_refused(
    verifier: TokenVerifier,
    issuer: Issuer,
    private_keys: dict[str, PrivateKey],
    changed: dict[str, object],
    expected: str,
) -> None:
    with clock.frozen(NOW):
        token = issuer.token(private_keys["p256"], "ES256", "p256", **changed)
        assert await reason(verifier, token) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": NOW - timedelta(seconds=29)},
        {"nbf": NOW + timedelta(seconds=30)},
        {"iat": NOW + timedelta(seconds=30)},
        {"iat": None},
    ],
)
async def test_clocks_may_differ_by_the_setting(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey], changed: dict[str, object]
) -> None:
    with clock.frozen(NOW):
        token = issuer.token(private_keys["p256"], "ES256", "p256", **changed)
        assert (await verifier.verify(token)).subject == "zhang"


async def test_a_verified_token_is_remembered_no_longer_than_it_is_valid(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey]
) -> None:
    with clock.frozen(NOW):
        token = issuer.token(private_keys["ed"], "EdDSA", "ed", exp=NOW + timedelta(seconds=10))
        first = await verifier.verify(token)
    with clock.frozen(NOW + timedelta(seconds=39)):
        assert await verifier.verify(token) is first
    with clock.frozen(NOW + timedelta(seconds=40)):
        assert await reason(verifier, token) == "expired"


async def test_a_remembered_token_is_checked_anew_after_a_minute(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey]
) -> None:
    with clock.frozen(NOW):
        token = issuer.token(private_keys["ed"], "EdDSA", "ed")
        first = await verifier.verify(token)
    with clock.frozen(NOW + timedelta(seconds=60)):
        again = await verifier.verify(token)
    assert again == first
    assert again is not first


async def test_no_more_tokens_are_remembered_than_the_bound(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier_module, "REMEMBERED_TOKENS", 2)
    with clock.frozen(NOW):
        tokens = [issuer.token(private_keys["ed"], "EdDSA", "ed", sub=name) for name in ("a", "b", "c")]
        first, second = await verifier.verify(tokens[0]), await verifier.verify(tokens[1])
        assert await verifier.verify(tokens[0]) is first
        await verifier.verify(tokens[2])
        assert await verifier.verify(tokens[0]) is first
        assert await verifier.verify(tokens[1]) is not second


async def test_a_refused_token_is_not_remembered(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey]
) -> None:
    with clock.frozen(NOW):
        token = issuer.token(private_keys["ed"], "EdDSA", "ed", nbf=NOW + HOUR / 2)
        assert await reason(verifier, token) == "not-yet-valid"
    with clock.frozen(NOW + HOUR / 2):
        assert (await verifier.verify(token)).subject == "zhang"


async def test_the_issuer_is_asked_once_for_many_tokens(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey]
) -> None:
    for name in "abc":
        await verifier.verify(issuer.token(private_keys["rsa"], "RS256", "rsa", sub=name))
    assert issuer.requests == [DISCOVERY, KEYS]


async def test_a_foreign_token_causes_no_request(
    verifier: TokenVerifier, issuer: Issuer, private_keys: dict[str, PrivateKey]
) -> None:
    token = issuer.token(private_keys["rsa"], "RS256", "new", iss="https://id.example")
    assert await reason(verifier, token) == "unknown-issuer"
    assert issuer.requests == []
