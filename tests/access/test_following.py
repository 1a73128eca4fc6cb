"""What changes while the API runs: posts, and policy files, also broken ones, also under load."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest

from gongzhi.core.actors import accounts, memberships, organizations
from gongzhi.core.actors.commands import Appoint, CreateAccount, CreateOrganization, EndMembership
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind, Position
from gongzhi.core.actors.records import Membership
from gongzhi.core.db import Database, current
from gongzhi.core.errors import Invalid
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.core.signin import issue_token
from gongzhi.core.signin.local import ISSUER
from gongzhi.core.territory.records import Level
from gongzhi.testing.serving import served, settings_for
from tests.core.places import FOUNDED, place, shipped_policy, small_district

COMMUNITY = "/futian/nanyuan/dongyuan"
POSTS = f'{{ memberships(within: "{COMMUNITY}") {{ totalCount }} }}'
DENY = "p, role:committee.member, /, actors.membership, read, any, deny\n"
PATIENCE = 3.0
"""Seconds; a worker follows within one."""


@pytest.fixture
async def member(database: Database) -> Membership:
    """Li Hua is a member of Dongyuan's committee."""
    with pinned(shipped_policy()):
        await small_district()
        committee = CreateOrganization(
            code="committee",
            kind=ActorKind.committee,
            subkind=OrganizationSubkind.residents_committee,
            name="东园社区居民委员会",
            path=COMMUNITY,
            valid_from=FOUNDED,
        )
        await organizations.create(SYSTEM, committee)
        await accounts.create(SYSTEM, CreateAccount(code="li-hua", name="李华", issuer=ISSUER, subject="li-hua"))
        post = Appoint(account="li-hua", organization="committee", position=Position.member, valid_from=FOUNDED)
        return await memberships.appoint(SYSTEM, post)


async def code(client: httpx.AsyncClient, token: str) -> str:
    """`ok`, or the code with which the posts are refused."""
    answer = await client.post("/graphql", json={"query": POSTS}, headers={"Authorization": f"Bearer {token}"})
    errors = answer.json().get("errors")
    return str(errors[0]["extensions"]["code"]) if errors else "ok"


async def becomes(client: httpx.AsyncClient, token: str, expected: str) -> bool:
    """Whether the answer becomes this one within what we wait for."""
    for _ in range(int(PATIENCE / 0.1)):
        if await code(client, token) == expected:
            return True
        await asyncio.sleep(0.1)
    return False


async def readiness(client: httpx.AsyncClient) -> tuple[int, str]:
    answer = await client.get("/health/ready")
    return answer.status_code, answer.json()["policy"]


async def turns(client: httpx.AsyncClient, *, ready: bool) -> bool:
    """Whether the worker becomes ready, or not ready any more, within eight seconds."""
    for _ in range(80):
        if ((await readiness(client))[0] == 200) is ready:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_a_post_that_ends_is_refused_on_the_next_request(database: Database, member: Membership) -> None:
    settings = settings_for(database)
    token = issue_token(settings, "li-hua")
    async with served(settings) as client:
        assert await code(client, token) == "ok"
        end = EndMembership(id=member.id, version=member.version)
        async with current().transaction():
            await memberships.end(SYSTEM, end)
        assert await code(client, token) == "FORBIDDEN"


async def test_policy_files_are_followed_and_a_broken_one_decides_nothing(
    database: Database, member: Membership, tmp_path: Path
) -> None:
    file = tmp_path / "policies" / "own.csv"
    file.parent.mkdir()
    file.write_text("# nothing yet\n")
    settings = settings_for(database, policies=str(file.parent))
    token = issue_token(settings, "li-hua")
    async with served(settings) as client:
        assert await code(client, token) == "ok"
        assert await readiness(client) == (200, "ok")

        file.write_text(DENY.replace("deny", "dney"))
        answers: Counter[str] = Counter()
        while not (await readiness(client))[1].startswith("The policy"):
            answers.update(await asyncio.gather(*(code(client, token) for _ in range(20))))
        answers.update(await asyncio.gather(*(code(client, token) for _ in range(20))))
        assert answers.keys() == {"ok"}
        status, problem = await readiness(client)
        assert status == 503
        assert "own.csv:1:" in problem
        assert "deny" in problem

        file.write_text(DENY)
        assert await becomes(client, token, "FORBIDDEN")
        assert await readiness(client) == (200, "ok")

        file.unlink()
        assert await becomes(client, token, "ok")


async def test_an_account_acts_for_the_organization_that_it_names(database: Database, member: Membership) -> None:
    settings = settings_for(database)
    token = issue_token(settings, "li-hua")
    query = {"query": "{ viewer { actingFor account { code } memberships { position } } }"}
    async with served(settings) as client:

        async def ask(organization: str) -> dict[str, object]:
            headers = {"Authorization": f"Bearer {token}", "X-Acting-For": organization}
            found: dict[str, object] = (await client.post("/graphql", json=query, headers=headers)).json()
            return found

        viewer = {"actingFor": "committee", "account": {"code": "li-hua"}, "memberships": [{"position": "MEMBER"}]}
        assert await ask("committee") == {"data": {"viewer": viewer}}
        refused = await ask("somebody-else")
    assert "data" not in refused
    assert "X-Acting-For may name: committee" in str(refused["errors"])


async def test_a_rule_for_a_place_that_is_not_there_yet_holds_once_it_is(
    database: Database, member: Membership, tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(DENY.replace("/,", "/futian/nanyuan/dongyuan/g001,", 1))
    settings = settings_for(database, policies=str(tmp_path))
    with pytest.raises(Invalid, match=r"own\.csv:1:"):
        async with served(settings):
            pass
    file.write_text("# nothing yet\n")
    async with served(settings) as client:
        file.write_text(DENY.replace("/,", "/futian/nanyuan/dongyuan/g001,", 1))
        assert await turns(client, ready=False)
        with pinned(shipped_policy()):
            await place("/futian/nanyuan/dongyuan/g001", Level.grid)
        assert await turns(client, ready=True)
