"""Idempotency keys: what is sent again is answered again, byte for byte, and done once; on both engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from gongzhi.core import clock
from gongzhi.core.actors import accounts, memberships
from gongzhi.core.actors.commands import SetAccountStatus
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.actors.tables import Membership
from gongzhi.core.db import current
from gongzhi.core.errors import Conflict
from gongzhi.core.idempotency.expiry import Expiry
from gongzhi.core.idempotency.tables import IdempotencyKey
from gongzhi.core.permissions import SYSTEM
from gongzhi.testing import databases
from gongzhi.testing.serving import settings_for
from tests.graphql.asking import codes, lasting
from tests.graphql.repeating import MANAGER, OFFER, TWO, body, counts, offered, offering, replayed, send

pytestmark = pytest.mark.asyncio(loop_scope="module")
ADMIN = "demo-district-admin"
BAD = offering("无", itemCode="V999")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def client(
    request: pytest.FixtureRequest, worker: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """The demo, to be changed; one for the tests of an engine."""
    demo: str = request.getfixturevalue(f"demo_{request.param}")
    with databases.duplicate(demo, f"{worker}_keys", tmp_path_factory.mktemp("keys")) as url:
        async with lasting(settings_for(url, rate_account=1_000_000)) as answering:
            yield answering


def left(answer: httpx.Response) -> int:
    """What the caller may still ask for."""
    return int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0])


async def test_the_same_again_is_answered_byte_for_byte_and_done_once(client: httpx.AsyncClient) -> None:
    before = await counts()
    first, again = await send(client, "k-1"), await send(client, "k-1")
    assert (first.status_code, codes(first), replayed(first)) == (200, [], False)
    assert (again.status_code, again.content, replayed(again)) == (200, first.content, True)
    assert await counts() == (before[0] + 1, before[1] + 1, before[2] + 1, before[3] + 1)
    assert left(first) - left(again) == 1
    without = await send(client, None)
    assert (replayed(without), without.content == first.content) == (False, False)


async def test_a_key_is_quoted_or_not_and_may_stand_in_the_extensions(client: httpx.AsyncClient) -> None:
    quoted = r'"a \"b\" c"'
    first = await send(client, quoted)
    again = await send(client, None, {**offered(quoted), "extensions": {"idempotencyKey": 'a "b" c'}})
    assert (again.content, replayed(again)) == (first.content, True)
    two = await send(client, "x", {**offered("x"), "extensions": {"idempotencyKey": "y"}})
    assert (two.status_code, codes(two)) == (400, ["INVALID"])


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "\u00e9"])
async def test_what_is_no_key_is_invalid_and_nothing_is_done(client: httpx.AsyncClient, key: str) -> None:
    before = await counts()
    answer = await send(client, None, {**offered("坏"), "extensions": {"idempotencyKey": key}})
    assert (answer.status_code, codes(answer)) == (400, ["INVALID"])
    assert await counts() == before


async def test_a_key_may_have_255_characters(client: httpx.AsyncClient) -> None:
    long = "~ " + "x" * 253
    assert [replayed(await send(client, long, offered("长"))) for _ in range(2)] == [False, True]


async def test_another_request_with_the_key_is_a_mismatch(client: httpx.AsyncClient) -> None:
    await send(client, "k-2")
    before = await counts()
    for other in (offered("别处"), body(OFFER.replace("version", "location"), input=offering("k-2"))):
        answer = await send(client, "k-2", other)
        assert (answer.status_code, codes(answer)) == (422, ["IDEMPOTENCY_MISMATCH"])
    turned = dict(reversed(offering("k-2").items()))
    assert replayed(await send(client, "k-2", body(OFFER, input=turned)))
    assert await counts() == before


async def test_keys_belong_to_an_account(client: httpx.AsyncClient) -> None:
    mine = await send(client, "k-3")
    theirs = await send(client, "k-3", offered("他人"), account=ADMIN)
    assert (replayed(theirs), codes(theirs), theirs.content == mine.content) == (False, [], False)
    nobody = await send(client, "k-3", account="")
    assert (nobody.status_code, codes(nobody)) == (401, ["UNAUTHENTICATED"])


async def test_queries_do_not_mind_a_key(client: httpx.AsyncClient) -> None:
    before = await counts()
    for _ in range(2):
        answer = await send(client, "k-4", body("{ __typename }", x=1), account="")
        assert (answer.json(), replayed(answer)) == ({"data": {"__typename": "Query"}}, False)
    assert await counts() == before


async def test_what_failed_changed_nothing_and_may_be_tried_again_with_its_key(client: httpx.AsyncClient) -> None:
    before = await counts()
    failed = await send(client, "k-5", body(OFFER, input=BAD))
    assert codes(failed) == ["INVALID"]
    assert failed.json()["data"] == {"createOffering": None}
    assert await counts() == before
    assert codes(await send(client, "k-5")) == []
    assert codes(await send(client, "k-6", body(OFFER, input={}))) != []
    assert codes(await send(client, "k-6", body("mutation { nonsense }"))) == ["INVALID"]
    assert codes(await send(client, "k-6", account="demo-resident")) == ["FORBIDDEN"]
    assert codes(await send(client, "k-6")) == []


async def test_of_several_mutations_those_that_fail_are_undone_alone(client: httpx.AsyncClient) -> None:
    before = await counts()
    sent = body(TWO, one=BAD, two=offering("一楼"))
    first, again = await send(client, "k-7", sent), await send(client, "k-7", sent)
    assert codes(first) == ["INVALID"]
    assert first.json()["data"]["one"] is None
    assert first.json()["data"]["two"]["offering"]["location"] == "一楼"
    assert (again.content, replayed(again)) == (first.content, True)
    assert await counts() == (before[0] + 1, before[1] + 1, before[2] + 1, before[3] + 1)


async def test_all_of_several_mutations_are_one_transaction(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await counts()

    async def fail(*_: Any) -> None:
        raise Conflict("injected")

    monkeypatch.setattr("gongzhi.core.idempotency.keys.keep_answer", fail)
    sent = body(TWO, one=offering("一"), two=offering("二"))
    refused = await send(client, "k-8", sent)
    assert (refused.status_code, codes(refused), "data" in refused.json()) == (409, ["CONFLICT"], False)
    assert await counts() == before
    monkeypatch.undo()
    assert (codes(await send(client, "k-8", sent)), await counts()) == (
        [],
        (before[0] + 2, before[1] + 2, before[2] + 2, before[3] + 1),
    )


async def test_somebody_in_the_way_is_tried_again_inside(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongzhi.core.catalogue import offerings

    before, whole, tries = await counts(), offerings.journal.write, 0

    async def disturbed(*given: Any, **more: Any) -> None:
        nonlocal tries
        tries += 1
        await whole(*given, **more)
        if tries < 3:
            raise Conflict("injected", details={"retryable": True})

    monkeypatch.setattr(offerings.journal, "write", disturbed)
    answer = await send(client, "k-9")
    assert (codes(answer), tries) == ([], 3)
    assert await counts() == (before[0] + 1, before[1] + 1, before[2] + 1, before[3] + 1)


async def test_copies_at_the_same_time_run_once(client: httpx.AsyncClient) -> None:
    before = await counts()
    names = [f"copy-{number}" for number in range(8) for _ in range(5)]
    answers = await asyncio.gather(*(send(client, name) for name in names))
    assert [codes(each) for each in answers] == [[]] * len(names)
    assert len({each.content for each in answers}) == 8
    assert sum(replayed(each) for each in answers) == 32
    assert await counts() == tuple(number + 8 for number in before)


async def test_keys_end_after_their_time_and_are_removed(client: httpx.AsyncClient) -> None:
    first = await send(client, "k-10")
    assert codes(await send(client, "k-11")) == []
    later = clock.now() + timedelta(hours=23, minutes=59)
    with clock.frozen(later):
        assert await Expiry(current()).remove_due() == 0
    await IdempotencyKey.update({IdempotencyKey.expires_at: clock.now()}, force=True)
    fresh = await send(client, "k-10", offered("k-10 again"))
    assert (replayed(fresh), fresh.content == first.content, codes(fresh)) == (False, False, [])
    before = await IdempotencyKey.count()
    assert await Expiry(current()).remove_due() == before - 1
    assert await IdempotencyKey.count() == 1
    assert replayed(await send(client, "k-10", offered("k-10 again")))
    assert not replayed(await send(client, "k-11", offered("k-11 again")))


async def test_whose_rights_have_ended_is_refused_and_not_answered(client: httpx.AsyncClient) -> None:
    first = await send(client, "k-12")
    before = await counts()
    account = await accounts.find(MANAGER)
    held = await memberships.active_bindings(account.id, clock.today())
    yesterday = clock.today() - timedelta(days=1)
    await Membership.update({Membership.valid_to: yesterday}).where(Membership.account == account.id)
    refused = await send(client, "k-12")
    assert (refused.status_code, codes(refused), replayed(refused)) == (403, ["FORBIDDEN"], False)
    await Membership.update({Membership.valid_to: None}).where(Membership.account == account.id)
    assert len(await memberships.active_bindings(account.id, clock.today())) == len(held)
    assert (await send(client, "k-12")).content == first.content
    await accounts.set_status(
        SYSTEM, SetAccountStatus(code=MANAGER, version=account.version, status=AccountStatus.suspended)
    )
    suspended = await send(client, "k-12")
    assert (suspended.status_code, codes(suspended)) == (401, ["UNAUTHENTICATED"])
    assert (await counts())[0] == before[0]
