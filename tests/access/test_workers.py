"""Two workers, each a process of its own: a right that ends on one has ended on the other within a second."""

import asyncio
import base64
import time
from pathlib import Path
from typing import Any

import httpx

from gongzhi.core.actors import accounts, memberships, organizations
from gongzhi.core.actors.commands import Appoint, CreateAccount, CreateOrganization
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind, Position
from gongzhi.core.db import Database
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.core.signin import issue_token
from gongzhi.core.signin.local import ISSUER
from gongzhi.testing.serving import served, settings_for, signing_key
from tests.cli.server import started
from tests.core.places import FOUNDED, shipped_policy, small_district

PLACE = "/futian/nanyuan/dongyuan"
POSTS = f'{{ memberships(within: "{PLACE}") {{ totalCount }} }}'
END = "mutation End($input: EndMembershipInput!) { endMembership(input: $input) { membership { validTo } } }"
BOUND = 1.0
"""Seconds after the answer to whoever ended it, from which on nobody is let in any more."""


async def a_post_in(code: str, place: str, kind: ActorKind, subkind: str, position: str) -> tuple[str, int]:
    """Somebody with a post: the post's id and version."""
    made = CreateOrganization(
        code=f"of-{code}", kind=kind, subkind=OrganizationSubkind(subkind), name=code, path=place, valid_from=FOUNDED
    )
    await organizations.create(SYSTEM, made)
    await accounts.create(SYSTEM, CreateAccount(code=code, name=code, issuer=ISSUER, subject=code))
    post = Appoint(account=code, organization=made.code, position=Position(position), valid_from=FOUNDED)
    found = await memberships.appoint(SYSTEM, post)
    return base64.urlsafe_b64encode(f"Membership:{found.id.hex}".encode()).decode(), found.version


async def test_a_post_that_ends_on_one_worker_has_ended_on_the_other_within_a_second(
    database: Database, tmp_path: Path
) -> None:
    with pinned(shipped_policy()):
        await small_district()
        post, version = await a_post_in("li-hua", PLACE, ActorKind.committee, "residents_committee", "member")
        await a_post_in("admin", "/futian", ActorKind.department, "district_office", "administrator")
    settings = settings_for(database)
    member, admin = (issue_token(settings, code) for code in ("li-hua", "admin"))
    environ = {"GONGZHI_DATABASE": settings.database, "GONGZHI_SIGNING_KEY": signing_key()}
    async with served(settings) as here, httpx.AsyncClient() as there:
        with started(tmp_path, "serve", "--port", "0", environ=environ) as other:
            await asyncio.to_thread(other.wait)

            async def allowed(client: httpx.AsyncClient, url: str) -> bool:
                headers = {"Authorization": f"Bearer {member}"}
                answer: dict[str, Any] = (await client.post(url, json={"query": POSTS}, headers=headers)).json()
                return "errors" not in answer

            assert await allowed(here, "/graphql")
            assert await allowed(there, f"{other.url}/graphql")
            ended = await there.post(
                f"{other.url}/graphql",
                json={"query": END, "variables": {"input": {"id": post, "version": version}}},
                headers={"Authorization": f"Bearer {admin}"},
            )
            answered = time.monotonic()
            assert "errors" not in ended.json(), ended.text
            assert not await allowed(there, f"{other.url}/graphql")
            last = asked = time.monotonic()
            while await allowed(here, "/graphql"):
                last = asked
                assert last - answered < 10, "it never ends"
                await asyncio.sleep(0.01)
                asked = time.monotonic()
    assert last - answered < BOUND
