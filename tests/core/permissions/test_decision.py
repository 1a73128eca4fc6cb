"""What is allowed, what is refused, with which error, and for whom a record is not even there."""

from uuid import UUID, uuid4

import pytest

from gongzhi.core.actors import memberships, mergers
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.actors.commands import MergeOrganizations, MergeSource
from gongzhi.core.db import Database
from gongzhi.core.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from gongzhi.core.permissions import (
    ANONYMOUS,
    OWN,
    SYSTEM,
    Binding,
    Principal,
    decide,
    gathering,
    guard,
    pinned,
    require,
    running,
)
from tests.core.actors.people import organization, person, post
from tests.core.places import TODAY, on_day, shipped_policy, small_district

PLACE = "/futian/nanyuan/dongyuan"
OFFERING = "catalogue.offering"


def holding(role: str, path: str = PLACE, organization: UUID | None = None, acting: UUID | None = None) -> Principal:
    return Principal(uuid4(), role, (Binding(role, path, uuid4(), organization),), acting)


def test_who_may_is_told_why_and_who_may_not_is_told_what_would_do() -> None:
    with pinned(shipped_policy()):
        allowed = decide(holding("district.admin", "/futian"), "publish", "catalogue.edition", PLACE)
        denied = decide(holding("resident"), "publish", "catalogue.edition", PLACE)
    assert allowed
    assert allowed.explanation.rule is not None
    assert allowed.explanation.rule.startswith("core.csv:")
    assert not denied
    assert [near.role for near in denied.explanation.nearest] == ["district.admin"]


def test_a_role_counts_where_it_is_held_and_below() -> None:
    with pinned(shipped_policy()):
        caller = holding("district.admin", "/futian/nanyuan")
        assert decide(caller, "create", "territory.territory", PLACE)
        elsewhere = decide(caller, "create", "territory.territory", "/futian/meilin")
    assert not elsewhere
    assert [near.path for near in elsewhere.explanation.nearest][:1] == ["/futian/nanyuan"]


def test_own_needs_a_post_in_the_organization_that_owns_the_record() -> None:
    mine, other = uuid4(), uuid4()
    with pinned(shipped_policy()):
        caller = holding("org.manager", organization=mine)
        assert decide(caller, "create", OFFERING, PLACE, owner=mine)
        denied = decide(caller, "create", OFFERING, PLACE, owner=other)
    assert not denied
    assert denied.explanation.nearest[0].relation == OWN


def test_acting_for_one_organization_leaves_the_others_out() -> None:
    mine, other = uuid4(), uuid4()
    bindings = (Binding("org.manager", PLACE, uuid4(), mine), Binding("org.manager", PLACE, uuid4(), other))
    with pinned(shipped_policy()):
        assert decide(Principal(uuid4(), "x", bindings), "create", OFFERING, PLACE, owner=other)
        assert not decide(Principal(uuid4(), "x", bindings, mine), "create", OFFERING, PLACE, owner=other)


def test_refusals_say_sign_in_or_may_not_or_nothing_at_all() -> None:
    with pinned(shipped_policy()):
        with pytest.raises(Unauthenticated):
            require(ANONYMOUS, "create", "territory.territory", PLACE)
        with pytest.raises(Forbidden) as refusal:
            require(holding("resident"), "create", "territory.territory", PLACE)
        with pytest.raises(NotFound):
            require(holding("resident"), "update", "actors.account", PLACE, readable=False)
        assert require(SYSTEM, "create", "territory.territory", PLACE)
    assert refusal.value.details["resource"] == "territory.territory"
    assert "allowed for role district.admin" in str(refusal.value.details["nearest"])


@pytest.mark.parametrize(("action", "resource"), [("fly", OFFERING), ("read", "catalogue.dragon"), ("", "")])
def test_what_the_vocabulary_does_not_know_is_denied(action: str, resource: str) -> None:
    with pinned(shipped_policy()):
        assert not decide(holding("district.admin", "/"), action, resource, PLACE)


def test_a_guarded_field_needs_its_own_action() -> None:
    with pinned(shipped_policy()):
        party = holding("party.member")
        assert guard(party, "actors.account", "name", PLACE) is None
        with pytest.raises(Forbidden, match="birth_date"):
            guard(party, "actors.account", "birth_date", PLACE)
        assert guard(party, "actors.account", "birth_date", PLACE, (OWN,)) is not None


def test_denials_are_gathered_once_each() -> None:
    with pinned(shipped_policy()), gathering() as noticed:
        for _ in range(3):
            with pytest.raises(Forbidden):
                require(holding("resident"), "create", "territory.territory", PLACE)
    assert [(each.action, each.path) for each in noticed.denials] == [("create", PLACE)]


def test_without_a_policy_nothing_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_active", [])
    with pytest.raises(Unavailable):
        decide(SYSTEM, "read", OFFERING, PLACE)


async def test_posts_that_ended_or_whose_organization_was_merged_give_nothing(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        await small_district()
        for code in ("old", "new"):
            await organization(code, "workstation", PLACE)
        await person("li")
        held = await post("li", "old", "head")
        before = await principal_for("li")
        merge = MergeOrganizations(sources=(MergeSource(code="old"),), into="new")
        await mergers.merge(SYSTEM, merge)
        after = await principal_for("li")
        assert decide(before, "read", "actors.membership", PLACE)
        assert not decide(after, "read", "actors.membership", PLACE)
        assert after.bindings == ()
        (ended,) = (await memberships.by_ids([held.id])).values()
    assert ended.valid_to == TODAY
