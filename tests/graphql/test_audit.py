"""`auditLog`: for those who may read it, where they may, with the place of each line in the chain."""

import asyncio

import pytest

from gongzhi.core.audit import sealing
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.db import Database, current
from gongzhi.testing.calling import Callers
from gongzhi.testing.plugin import Api
from gongzhi.testing.serving import served, settings_for
from tests.core.audit.chain import written

LOG = """query($within: String, $who: String, $kind: AuditLineKind) {
  auditLog(within: $within, account: $who, kind: $kind, last: 5) { totalCount nodes {
    kind accountLabel action resource path allowed rule result changed sealed sequence hash sealedAt
    beforeDigest afterDigest actingFor { code } } } }"""
CHANGE = 'mutation { updateOrganization(input: {code: "center", version: 1, name: "新"}) { organization { code } } }'


async def test_a_change_and_a_refusal_stand_in_it_and_are_sealed(gongzhi_api: Api) -> None:
    async with gongzhi_api() as api:
        await api.data("org.manager", CHANGE)
        assert (await api.refusal("org.staff", CHANGE))["code"] == "FORBIDDEN"
        await Sealer(current()).seal_all()
        (changed,) = (await api.data("auditor", LOG, who="org.manager"))["auditLog"]["nodes"]
        (denied,) = (await api.data("auditor", LOG, who="org.staff"))["auditLog"]["nodes"]
        every = (await api.data("auditor", LOG))["auditLog"]
    digests = changed.pop("beforeDigest"), changed.pop("afterDigest"), changed.pop("hash")
    assert ([len(each) for each in digests], len(set(digests))) == ([64, 64, 64], 3)
    assert changed.pop("rule").startswith("core.csv:")
    assert changed.pop("sealedAt") is not None
    assert changed == {
        "kind": "CHANGE",
        "accountLabel": "account:org.manager",
        "action": "update",
        "resource": "actors.organization",
        "path": "/test/street/home",
        "allowed": True,
        "result": "done",
        "changed": ["name", "version"],
        "sealed": True,
        "sequence": every["totalCount"] - 1,
        "actingFor": None,
    }
    assert (denied["kind"], denied["result"], denied["sequence"]) == ("DENIAL", "denied", every["totalCount"])


async def test_it_is_read_where_the_caller_may(gongzhi_api: Api) -> None:
    async with gongzhi_api() as api:
        await api.data("org.manager", CHANGE)
        await api.refusal("committee.director", CHANGE)
        counts = {}
        for role in ("district.admin", "party.secretary"):
            counts[role] = (await api.data(role, LOG, within="/test/street/home"))["auditLog"]["totalCount"]
        codes = [(await api.refusal(role, LOG))["code"] for role in ("", "committee.director", "org.manager")]
    assert codes == ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN"]
    assert counts["district.admin"] == counts["party.secretary"] + 1
    assert counts["party.secretary"] > 1


async def test_addresses_are_for_those_who_may_see_them(gongzhi_api: Api) -> None:
    document = '{ auditLog(within: "/test/street/home", kind: CHANGE, last: 1) { nodes { source } } }'
    async with gongzhi_api() as api:
        await api.data("org.manager", CHANGE)
        for role in ("district.admin", "auditor"):
            assert (await api.data(role, document))["auditLog"]["nodes"] == [{"source": "127.0.0.1"}]
        answer = await api.ask("party.secretary", document)
    assert answer["data"]["auditLog"]["nodes"] == [{"source": None}]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_the_server_seals_by_itself(gongzhi_api: Api) -> None:
    async with gongzhi_api() as api:
        await api.data("org.manager", CHANGE)
        async with asyncio.timeout(20):
            await _sealed(api)
        assert (await api.client.get("/health/ready")).json()["audit"] == "ok"


async def test_an_alarm_keeps_nobody_from_answers(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody seals, somebody must look; but a balancer must not take every server away for it."""
    monkeypatch.setattr(sealing, "OVERDUE_SECONDS", 0.0)
    async with served(settings_for(database, background=False)) as client:
        assert (await client.get("/health/ready")).json()["audit"] == "ok"
        await written(current(), 3)
        await client.get("/health/ready")
        ready = await client.get("/health/ready")
        assert ready.status_code == 200
        assert ready.json()["audit"].startswith("3 audit lines wait for their seal since 20")


async def _sealed(api: Callers) -> None:
    while not (await api.data("auditor", LOG))["auditLog"]["nodes"][-1]["sealed"]:  # noqa: ASYNC110  # by the server
        await asyncio.sleep(0.1)
