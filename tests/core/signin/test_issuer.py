"""The issuer's keys: how often it is asked, what happens when it changes them, and what when it does not answer."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gongzhi.core import clock
from gongzhi.core.errors import Invalid, Unavailable
from gongzhi.core.settings import Settings
from gongzhi.core.signin import TokenVerifier
from gongzhi.core.signin.issuer import DOCUMENT_BYTES, FRESH, PAUSE, STALE
from tests.core.signin.issuer import DISCOVERY, KEYS, Issuer, PrivateKey, jwk
from tests.core.signin.refused import reason

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Keys = dict[str, PrivateKey]


def token(issuer: Issuer, keys: Keys, subject: str) -> str:
    """A token that lives longer than keys may be used without asking; a new subject makes it unknown."""
    return issuer.token(keys["ed"], "EdDSA", "ed", sub=subject, exp=NOW + timedelta(days=2))


async def test_a_rotation_is_noticed_with_the_first_new_token(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    new = Ed25519PrivateKey.generate()
    with clock.frozen(NOW):
        old_token = token(issuer, private_keys, "zhang")
        await verifier.verify(old_token)
    issuer.keys = [jwk(new, "new")]
    with clock.frozen(NOW + PAUSE):
        assert (await verifier.verify(issuer.token(new, "EdDSA", "new"))).subject == "zhang"
        # The old key is withdrawn: even the token that was remembered a moment ago is checked again.
        assert await reason(verifier, old_token) == "unknown-key"
    assert issuer.requests == [DISCOVERY, KEYS] * 2


async def test_unknown_keys_cause_one_request_in_a_while(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    with clock.frozen(NOW):
        await verifier.verify(token(issuer, private_keys, "zhang"))
        for number in range(20):
            forged = issuer.token(private_keys["ed"], "EdDSA", f"made-up-{number}")
            assert await reason(verifier, forged) == "unknown-key"
        assert issuer.requests == [DISCOVERY, KEYS]
    with clock.frozen(NOW + PAUSE):
        for number in range(20):
            forged = issuer.token(private_keys["ed"], "EdDSA", f"made-up-{number}")
            assert await reason(verifier, forged) == "unknown-key"
    assert issuer.requests == [DISCOVERY, KEYS] * 2


async def test_keys_are_fetched_anew_once_they_are_no_longer_fresh(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    for moment, requests in ((NOW, 1), (NOW + FRESH - SECOND, 1), (NOW + FRESH, 2)):
        with clock.frozen(moment):
            await verifier.verify(token(issuer, private_keys, str(moment)))
        assert issuer.requests == [DISCOVERY, KEYS] * requests


async def test_a_withdrawn_key_serves_no_longer_than_keys_are_fresh(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    with clock.frozen(NOW):
        await verifier.verify(token(issuer, private_keys, "zhang"))
    issuer.keys = []
    with clock.frozen(NOW + FRESH):
        assert await reason(verifier, token(issuer, private_keys, "li")) == "unknown-key"


async def test_many_at_once_share_one_fetch(verifier: TokenVerifier, issuer: Issuer, private_keys: Keys) -> None:
    issuer.pause = 0.1
    with clock.frozen(NOW):
        tokens = [token(issuer, private_keys, f"p{number}") for number in range(50)]
        claims = await asyncio.gather(*(verifier.verify(one) for one in tokens))
    assert [one.subject for one in claims] == [f"p{number}" for number in range(50)]
    assert issuer.requests == [DISCOVERY, KEYS]


async def test_one_who_gives_up_waiting_does_not_stop_the_fetch(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    issuer.pause = 0.1
    impatient = asyncio.create_task(verifier.verify(issuer.token(private_keys["ed"], "EdDSA", "ed", sub="a")))
    patient = asyncio.create_task(verifier.verify(issuer.token(private_keys["ed"], "EdDSA", "ed", sub="b")))
    await asyncio.sleep(0.05)
    impatient.cancel()
    assert (await patient).subject == "b"
    assert issuer.requests == [DISCOVERY, KEYS]


async def test_an_issuer_that_is_down_from_the_start_makes_sign_in_unavailable(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    issuer.stop()
    with clock.frozen(NOW):
        for _ in range(2):
            with pytest.raises(Unavailable, match="does not answer"):
                await verifier.verify(token(issuer, private_keys, "zhang"))
    issuer.start()
    with clock.frozen(NOW + PAUSE):
        assert (await verifier.verify(token(issuer, private_keys, "zhang"))).subject == "zhang"


async def test_old_keys_serve_on_while_the_issuer_is_down_for_a_time(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    with clock.frozen(NOW):
        await verifier.verify(token(issuer, private_keys, "a"))
    issuer.stop()
    with clock.frozen(NOW + STALE - SECOND):
        assert (await verifier.verify(token(issuer, private_keys, "b"))).subject == "b"
        with pytest.raises(Unavailable, match="key is new here"):
            await verifier.verify(issuer.token(private_keys["ed"], "EdDSA", "other"))
    with clock.frozen(NOW + STALE), pytest.raises(Unavailable):
        await verifier.verify(token(issuer, private_keys, "c"))
    issuer.start()


def moved(issuer: Issuer) -> tuple[int, bytes]:
    issuer.location = issuer.url + KEYS
    return 302, b""


BROKEN: dict[str, tuple[str, Callable[[Issuer], tuple[int, bytes]]]] = {
    "another issuer": (DISCOVERY, lambda i: (200, json.dumps({"issuer": "x", "jwks_uri": i.url + KEYS}).encode())),
    "keys not private": (
        DISCOVERY,
        lambda i: (200, json.dumps({"issuer": i.url, "jwks_uri": "http://id.example/keys"}).encode()),
    ),
    "keys in a file": (DISCOVERY, lambda i: (200, json.dumps({"issuer": i.url, "jwks_uri": "file:///k"}).encode())),
    "no address": (DISCOVERY, lambda i: (200, json.dumps({"issuer": i.url}).encode())),
    "failure": (KEYS, lambda i: (500, b"")),
    "redirect": (KEYS, moved),
    "not JSON": (KEYS, lambda i: (200, b"<html>")),
    "not text": (KEYS, lambda i: (200, b'{"keys":["\xff"]}')),
    "deep": (KEYS, lambda i: (200, b'{"keys":' + b"[" * 100_000)),
    "no keys": (KEYS, lambda i: (200, b"{}")),
    "too large": (KEYS, lambda i: (200, b" " * DOCUMENT_BYTES + json.dumps({"keys": i.keys}).encode())),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_answers_that_cannot_be_used_are_no_keys(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys, case: str
) -> None:
    path, answer = BROKEN[case]
    healthy = issuer.answers[path]
    issuer.answers[path] = lambda: answer(issuer)
    with clock.frozen(NOW), pytest.raises(Unavailable):
        await verifier.verify(token(issuer, private_keys, "zhang"))
    issuer.answers[path], issuer.location = healthy, None
    with clock.frozen(NOW + PAUSE):
        assert (await verifier.verify(token(issuer, private_keys, "zhang"))).subject == "zhang"


async def test_a_slow_issuer_keeps_nobody_waiting_for_long(
    issuer: Issuer, private_keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongzhi.core.signin.issuer.FETCH_SECONDS", 0.2)
    issuer.pause = 0.5
    async with TokenVerifier(issuer.settings) as verifier, asyncio.timeout(2):
        with pytest.raises(Unavailable):
            await verifier.verify(token(issuer, private_keys, "zhang"))


async def test_the_keys_address_of_the_settings_needs_no_discovery(issuer: Issuer, private_keys: Keys) -> None:
    settings = Settings(issuer="https://id.example", jwks_url=issuer.url + KEYS, audience="gongzhi")
    async with TokenVerifier(settings) as verifier:
        signed = issuer.token(private_keys["ed"], "EdDSA", "ed", iss="https://id.example")
        assert (await verifier.verify(signed)).issuer == "https://id.example"
    assert issuer.requests == [KEYS]


async def test_a_token_without_key_id_uses_the_only_key_that_fits(
    verifier: TokenVerifier, issuer: Issuer, private_keys: Keys
) -> None:
    assert (await verifier.verify(issuer.token(private_keys["ed"], "EdDSA"))).subject == "zhang"
    issuer.keys.append(jwk(Ed25519PrivateKey.generate(), "second"))
    async with TokenVerifier(issuer.settings) as other:
        assert await reason(other, issuer.token(private_keys["ed"], "EdDSA")) == "unknown-key"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"issuer": "http://id.example"}, "issuer"), ({"jwks_url": "http://id.example/keys"}, "jwks_url")],
)
def test_an_address_that_anybody_could_answer_for_is_refused(changes: dict[str, str], field: str) -> None:
    given = {"issuer": "https://id.example", "audience": "gongzhi", **changes}
    with pytest.raises(Invalid) as refused:
        TokenVerifier(Settings(**given))
    assert [problem.field for problem in refused.value.problems] == [field]
