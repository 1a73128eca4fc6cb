"""Who is not let in, and what they are told."""

from datetime import timedelta

import httpx
import pytest

from gongzhi.core import clock
from gongzhi.core.actors import accounts
from gongzhi.core.actors.commands import CreateAccount, SetAccountStatus
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.db import Database
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.core.signin import issue_token
from gongzhi.core.signin.local import ISSUER
from gongzhi.testing.serving import served, settings_for
from tests.core.places import shipped_policy, small_district
from tests.graphql.asking import GRAPHQL, JSON, codes

WHO = {"query": "{ viewer { account { code } } }"}


async def who(client: httpx.AsyncClient, authorization: str | None, accept: str = GRAPHQL) -> httpx.Response:
    headers = {"Accept": accept} | ({"Authorization": authorization} if authorization is not None else {})
    return await client.post("/graphql", json=WHO, headers=headers)


def refused(answer: httpx.Response) -> bool:
    """Whether it is the coded refusal of somebody who is not known, and nothing else."""
    assert (answer.status_code, codes(answer)) == (401, ["UNAUTHENTICATED"])
    assert answer.headers["www-authenticate"] == 'Bearer realm="gongzhi"'
    assert answer.json().keys() == {"errors"}
    return True


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer nonsense", "Bearer a.b.c", "Bearer a b", "Bearer " + "x" * 5000],
)
async def test_what_is_no_token_is_refused(demo_sqlite: str, authorization: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        assert refused(await who(client, authorization))
        assert refused(await who(client, authorization, JSON))
        assert (await who(client, None)).json() == {"data": {"viewer": {"account": None}}}


async def test_an_expired_token_is_refused(demo_sqlite: str) -> None:
    settings = settings_for(demo_sqlite)
    with clock.frozen(clock.now() - timedelta(hours=13)):
        old = issue_token(settings, "demo-resident")
    async with served(settings) as client:
        answer = await who(client, f"Bearer {old}")
        good = await who(client, f"bearer {issue_token(settings, 'demo-resident')}")
    assert refused(answer)
    assert old not in answer.text
    assert good.json() == {"data": {"viewer": {"account": {"code": "demo-resident"}}}}


async def test_a_changed_token_is_refused(demo_sqlite: str) -> None:
    settings = settings_for(demo_sqlite)
    head, claims, signature = issue_token(settings, "demo-resident").split(".")
    other = issue_token(settings, "demo-district-admin").split(".")[1]
    async with served(settings) as client:
        for forged in (f"{head}.{other}.{signature}", f"{head}.{claims}.", f"{head}.{claims}"):
            assert refused(await who(client, f"Bearer {forged}"))


async def test_an_identity_without_an_account_is_refused(demo_sqlite: str) -> None:
    settings = settings_for(demo_sqlite)
    async with served(settings) as client:
        answer = await who(client, f"Bearer {issue_token(settings, 'nobody-here')}")
    assert refused(answer)
    assert "ask an administrator" in answer.text


async def test_a_suspended_account_is_refused_until_it_is_admitted_again(database: Database) -> None:
    with pinned(shipped_policy()):
        await small_district()
        account = await accounts.create(
            SYSTEM, CreateAccount(code="li-hua", name="李华", issuer=ISSUER, subject="li-hua")
        )

    async def set_status(status: AccountStatus) -> None:
        now = await accounts.find("li-hua")
        with pinned(shipped_policy()):
            await accounts.set_status(SYSTEM, SetAccountStatus(code="li-hua", version=now.version, status=status))

    settings = settings_for(database)
    authorization = f"Bearer {issue_token(settings, account.code)}"
    async with served(settings) as client:
        assert codes(await who(client, authorization)) == []
        await set_status(AccountStatus.suspended)
        answer = await who(client, authorization)
        assert refused(answer)
        assert "suspended" in answer.text
        await set_status(AccountStatus.active)
        assert (await who(client, authorization)).json()["data"] == {"viewer": {"account": {"code": "li-hua"}}}
