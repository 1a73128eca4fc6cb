"""What a change of policy means to people."""

from uuid import UUID, uuid5

import pytest

from gongzhi.core.permissions import Binding, PolicyFile, Principal, Snapshot, compile_policy, core_vocabulary
from gongzhi.core.permissions.impact import FORBIDDEN, GAINED, LOST, RELEASED, Comparison, Shift, compare
from gongzhi.core.permissions.rules import DIRECTORY
from gongzhi.core.permissions.store import shipped

NAMES = UUID(int=0)
EDITION = "catalogue.edition"


def policy(*lines: str) -> Snapshot:
    """The shipped policy with these lines."""
    return compile_policy(
        [*shipped(), PolicyFile("local.csv", "\n".join(lines).encode(), DIRECTORY)], core_vocabulary()
    )


def account(code: str, *held: tuple[str, str]) -> Principal:
    organization = uuid5(NAMES, "organization")
    bindings = tuple(Binding(role, path, uuid5(NAMES, code + role), organization) for role, path in held)
    return Principal(account_id=uuid5(NAMES, code), account_code=code, bindings=bindings)


PEOPLE = [
    account("clerk-here", ("station.clerk", "/futian/nanyuan/dongyuan")),
    account("clerk-elsewhere", ("station.clerk", "/luohu/guiyuan")),
    account("clerk-and-officer", ("station.clerk", "/futian/nanyuan"), ("department.officer", "/futian")),
    account("head", ("station.head", "/futian/nanyuan/dongyuan")),
    account("nobody"),
]


def reach(comparison: Comparison) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    return {(part.subject, part.path): (part.holders, part.affected) for part in comparison.parts}


def test_whoever_keeps_it_through_another_role_is_not_affected() -> None:
    new = policy(f"p, role:station.clerk, /futian, {EDITION}, read_draft, any, allow")
    found = compare(policy(), new, PEOPLE)
    # Who inherits gains too; the officer among the clerks could read drafts before; Luohu is elsewhere.
    assert reach(found) == {("station.clerk", "/futian"): (2, 1), ("station.head", "/futian"): (1, 1)}
    assert (found.affected, found.accounts) == (2, 5)


def test_a_deny_takes_from_another_role_what_it_gave() -> None:
    new = policy(f"p, role:station.clerk, /, {EDITION}, read_draft, any, deny")
    found = compare(policy(), new, PEOPLE)
    assert {part.subject: part.shifts[0].kind for part in found.parts} == {
        "station.clerk": FORBIDDEN,
        "station.head": FORBIDDEN,
    }
    assert reach(found) == {("station.clerk", "/"): (3, 1), ("station.head", "/"): (1, 0)}
    back = compare(new, policy(), PEOPLE)
    assert {shift.kind for part in back.parts for shift in part.shifts} == {RELEASED}
    assert back.affected == 1


def test_a_change_below_the_place_of_a_post_counts_there() -> None:
    new = policy(f"p, role:department.officer, /futian/nanyuan/dongyuan, {EDITION}, publish, any, allow")
    assert reach(compare(policy(), new, PEOPLE)) == {("department.officer", "/futian/nanyuan/dongyuan"): (1, 1)}


def test_what_everybody_gains_counts_for_each_account_once() -> None:
    new = policy("p, role:public, /, audit.entry, read, any, allow")
    found = compare(policy(), new, PEOPLE)
    assert reach(found)["public", "/"] == (5, 5)
    assert found.affected == 5


@pytest.mark.parametrize("name", ["nobody", str(uuid5(NAMES, "nobody"))])
def test_an_account_is_found_by_its_code_and_by_its_id(name: str) -> None:
    new = policy(f"g, account:{name}, role:supervisor, /futian")
    found = compare(policy(), new, PEOPLE)
    assert reach(found) == {(f"account:{name}", "/futian"): (1, 1)}
    assert (found.count(GAINED), found.affected) == (3, 1)
    assert compare(new, policy(), PEOPLE).count(LOST) == 3


def test_relations_that_change_alike_are_told_once() -> None:
    new = policy(
        f"p, role:station.clerk, /, {EDITION}, read_draft, own, allow",
        f"p, role:station.clerk, /, {EDITION}, read_draft, party, allow",
        f"p, role:grid.officer, /, {EDITION}, read_draft, any, allow",
    )
    shifts = {part.subject: part.shifts for part in compare(policy(), new).parts}
    assert shifts["station.clerk"] == (Shift(EDITION, "read_draft", ("own", "party"), "neither", "allowed", GAINED),)
    assert shifts["grid.officer"] == (Shift(EDITION, "read_draft", ("any",), "neither", "allowed", GAINED),)


def test_without_accounts_nothing_is_counted() -> None:
    new = policy(f"p, role:grid.officer, /, {EDITION}, read_draft, any, allow")
    found = compare(policy(), new)
    assert reach(found) == {("grid.officer", "/"): (None, None)}
    assert (found.accounts, found.affected) == (None, None)
    assert compare(new, new, PEOPLE).parts == ()
