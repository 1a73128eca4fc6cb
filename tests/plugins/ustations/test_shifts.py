"""Volunteering over the API: signing up, being there, and what it is worth; allowed and refused."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from gongzhi.core import clock, ledger
from gongzhi.core.db import Database, current
from gongzhi.core.permissions import pinned
from gongzhi.core.workflow import Timers
from gongzhi.plugins.ustations.workflow import WORKFLOWS
from gongzhi.testing.calling import Callers, calling

HOME = "/futian/nanyuan/dongyuan"
MANAGER, ADMIN, VOLUNTEER, SECOND = "demo-org-manager", "demo-district-admin", "demo-volunteer", "demo-volunteer-2"
SHIFT, SIGN_UP = "shift { id version state taken free }", "signUp { id version state minutes rate points }"


def at(moment: datetime) -> str:
    return moment.isoformat()


async def station(api: Callers) -> dict[str, Any]:
    query = '{ uStations(within: "/futian/nanyuan/dongyuan") { nodes { id version } } }'
    (found,) = (await api.data("", query))["uStations"]["nodes"]
    return dict(found)


async def planned(api: Callers, begins: datetime, hours: int = 2, capacity: int = 2) -> dict[str, Any]:
    given = {
        "station": (await station(api))["id"],
        "task": "值守",
        "startsAt": at(begins),
        "endsAt": at(begins + timedelta(hours=hours)),
        "capacity": capacity,
    }
    return dict((await api.do(MANAGER, "planVolunteerShift", SHIFT, given))["shift"])


async def signed_up(api: Callers, shift: dict[str, Any], caller: str = VOLUNTEER) -> dict[str, Any]:
    return dict((await api.do(caller, "signUpForShift", SIGN_UP, {"shift": shift["id"]}))["signUp"])


async def shown(api: Callers, shift: dict[str, Any]) -> dict[str, Any]:
    query = "query($id: ID!) { node(id: $id) { ... on VolunteerShift { version state taken free } } }"
    return dict((await api.data("", query, id=shift["id"]))["node"])


async def with_love_bank(api: Callers) -> None:
    found = await station(api)
    await api.do(ADMIN, "startLoveBank", "station { id }", {"station": found["id"], "version": found["version"]})


def command(name: str, record: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {name: record["id"], "version": record["version"], **given}


async def points(api: Callers, caller: str = VOLUNTEER) -> dict[str, Any]:
    query = "{ myVolunteer { id version path points { balance held available lines { points source balance } } } }"
    return dict((await api.data(caller, query))["myVolunteer"])


async def served(api: Callers, begins: datetime, minutes: int = 100) -> dict[str, Any]:
    """A shift that the volunteer served for some minutes, checked in and out by the staff."""
    shift = await planned(api, begins)
    part = await signed_up(api, shift)
    with clock.frozen(begins):
        part = (await api.do(MANAGER, "checkInShiftSignUp", SIGN_UP, command("signUp", part)))["signUp"]
    with clock.frozen(begins + timedelta(minutes=minutes)):
        part = (await api.do(MANAGER, "checkOutShiftSignUp", SIGN_UP, command("signUp", part)))["signUp"]
    return dict(part)


async def test_served_minutes_become_points_at_that_day_s_rate(own_demo_url: str) -> None:
    begins = clock.now() + timedelta(days=1)
    async with calling(own_demo_url) as api:
        await with_love_bank(api)
        part = await served(api, begins)
        assert (part["state"], part["minutes"], part["rate"], part["points"]) == ("CHECKED_OUT", 100, 10, 16)
        mine = (await points(api))["points"]
        assert (mine["balance"], mine["held"]) == (16, 0)
        with clock.frozen(begins + timedelta(hours=3)):
            again = await api.refused(MANAGER, "checkOutShiftSignUp", SIGN_UP, command("signUp", part))
            (line,) = (await points(api))["points"]["lines"]
        assert again["code"] == "ILLEGAL_TRANSITION"
        assert (line["points"], line["balance"]) == (16, 16)
        assert line["source"].startswith("ShiftSignUp:")
        assert await ledger.verify("love-bank") == []


async def test_a_new_rate_changes_nothing_that_was_earned_before(own_demo_url: str) -> None:
    tomorrow = clock.end_of(clock.today()) + timedelta(hours=10)
    async with calling(own_demo_url) as api:
        await with_love_bank(api)
        later = (clock.today() + timedelta(days=2)).isoformat()
        given = {"path": HOME, "pointsPerHour": 60, "validFrom": later}
        await api.do(ADMIN, "setLoveBankRate", "rate { id }", given)
        assert (await served(api, tomorrow, 60))["points"] == 10
        assert (await served(api, tomorrow + timedelta(days=1), 60))["points"] == 60
        assert (await points(api))["points"]["balance"] == 70
        assert (await api.refused(ADMIN, "setLoveBankRate", "rate { id }", given))["code"] == "CONFLICT"
        past = {**given, "validFrom": (clock.today() - timedelta(days=1)).isoformat()}
        assert (await api.refused(ADMIN, "setLoveBankRate", "rate { id }", past))["code"] == "INVALID"
        assert (await api.refused(MANAGER, "setLoveBankRate", "rate { id }", given))["code"] == "FORBIDDEN"


async def test_without_a_love_bank_minutes_are_kept_and_no_points(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        part = await served(api, clock.now() + timedelta(days=1))
        assert (part["minutes"], part["points"]) == (100, 0)


async def test_a_full_shift_takes_nobody_until_somebody_withdraws(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        shift = await planned(api, clock.now() + timedelta(days=7), capacity=1)
        part = await signed_up(api, shift)
        assert (await shown(api, shift))["state"] == "FILLED"
        refusal = await api.refused(SECOND, "signUpForShift", SIGN_UP, {"shift": shift["id"]})
        assert refusal["code"] == "CONFLICT"
        assert "full" in refusal["message"]
        assert (await shown(api, shift))["taken"] == 1
        await api.do(VOLUNTEER, "withdrawShiftSignUp", SIGN_UP, command("signUp", part))
        assert (await shown(api, shift)) | {"version": 0} == {"version": 0, "state": "OPEN", "taken": 0, "free": 1}
        await signed_up(api, shift, SECOND)
        assert (await shown(api, shift))["free"] == 0


async def test_one_volunteer_s_shifts_do_not_overlap(own_demo_url: str) -> None:
    begins = clock.now() + timedelta(days=7)
    async with calling(own_demo_url) as api:
        first, second = await planned(api, begins), await planned(api, begins + timedelta(hours=1))
        after = await planned(api, begins + timedelta(hours=2))
        await signed_up(api, first)
        refusal = await api.refused(VOLUNTEER, "signUpForShift", SIGN_UP, {"shift": second["id"]})
        assert refusal["code"] == "CONFLICT"
        assert "engaged" in refusal["message"]
        assert (await shown(api, second))["taken"] == 0
        await signed_up(api, after)


async def test_of_both_at_once_one_is_taken(own_demo_url: str) -> None:
    begins = clock.now() + timedelta(days=7)
    async with calling(own_demo_url) as api:
        shifts = [await planned(api, begins, capacity=9) for _ in range(6)]
        mutation = "mutation($id: ID!) { signUpForShift(input: {shift: $id}) { signUp { id } } }"
        answers = await asyncio.gather(*(api.ask(VOLUNTEER, mutation, id=shift["id"]) for shift in shifts))
        assert len([answer for answer in answers if "errors" not in answer]) == 1
        assert sum([(await shown(api, shift))["taken"] for shift in shifts]) == 1


@pytest.mark.parametrize("capacity", [3])
async def test_places_are_never_overbooked(own_demo_url: str, capacity: int) -> None:
    async with calling(own_demo_url) as api:
        shift = await planned(api, clock.now() + timedelta(days=7), capacity=capacity)
        people = [await _registered(api, f"helper-{number}") for number in range(12)]
        mutation = "mutation($id: ID!) { signUpForShift(input: {shift: $id}) { signUp { id } } }"
        answers = await asyncio.gather(*(api.ask(code, mutation, id=shift["id"]) for code in people))
        taken = [answer for answer in answers if "errors" not in answer]
        codes = {error["extensions"]["code"] for answer in answers for error in answer.get("errors", ())}
        assert len(taken) == capacity
        assert codes == {"CONFLICT"}
        assert (await shown(api, shift)) | {"version": 0} == {"version": 0, "state": "FILLED", "taken": 3, "free": 0}


async def _registered(api: Callers, code: str) -> str:
    account = "mutation($c: CreateAccountInput!) { createAccount(input: $c) { account { id } } }"
    issuer = "https://gongzhi.invalid/development"
    query = '{ account(code: "demo-volunteer") { issuer } }'
    issuer = (await api.data(ADMIN, query))["account"]["issuer"] or issuer
    given = {"code": code, "name": "志愿者", "issuer": issuer, "subject": code, "provenance": "SYNTHETIC"}
    await api.data(ADMIN, account, c=given)
    await api.do(MANAGER, "registerVolunteer", "volunteer { id }", {"path": HOME, "account": code})
    return code


@pytest.mark.parametrize(("minutes", "code"), [(-31, "CONFLICT"), (121, "CONFLICT")], ids=["too early", "too late"])
async def test_check_in_is_around_the_shift(own_demo_url: str, minutes: int, code: str) -> None:
    begins = clock.now() + timedelta(days=1)
    async with calling(own_demo_url) as api:
        part = await signed_up(api, await planned(api, begins))
        with clock.frozen(begins + timedelta(minutes=minutes)):
            refusal = await api.refused(MANAGER, "checkInShiftSignUp", SIGN_UP, command("signUp", part))
        assert refusal["code"] == code


async def test_strangers_and_the_volunteer_cannot_check_in(own_demo_url: str) -> None:
    begins = clock.now() + timedelta(days=1)
    async with calling(own_demo_url) as api:
        part = await signed_up(api, await planned(api, begins))
        with clock.frozen(begins):
            for caller, code in ((VOLUNTEER, "FORBIDDEN"), (SECOND, "FORBIDDEN"), ("", "UNAUTHENTICATED")):
                refusal = await api.refused(caller, "checkInShiftSignUp", SIGN_UP, command("signUp", part))
                assert refusal["code"] == code
            early = await api.refused(MANAGER, "checkOutShiftSignUp", SIGN_UP, command("signUp", part))
        assert early["code"] == "ILLEGAL_TRANSITION"
        assert early["allowed"] == ["check_in"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"capacity": 0}, "capacity"), ({"capacity": -3}, "capacity"), ({"task": " "}, "task")],
    ids=["none", "negative", "no task"],
)
async def test_a_shift_that_is_none_is_refused(own_demo_url: str, change: dict[str, Any], field: str) -> None:
    begins = clock.now() + timedelta(days=1)
    async with calling(own_demo_url) as api:
        given = {
            "station": (await station(api))["id"],
            "task": "值守",
            "startsAt": at(begins),
            "endsAt": at(begins + timedelta(hours=1)),
            "capacity": 1,
        }
        refusal = await api.refused(MANAGER, "planVolunteerShift", SHIFT, {**given, **change})
        assert (refusal["code"], refusal["fields"][0]["field"].rpartition(".")[2]) == ("INVALID", field)
        backwards = {**given, "endsAt": given["startsAt"]}
        assert (await api.refused(MANAGER, "planVolunteerShift", SHIFT, backwards))["code"] == "INVALID"
        assert (await api.refused("demo-station-head", "planVolunteerShift", SHIFT, given))["code"] == "FORBIDDEN"


async def test_a_cancelled_shift_calls_its_volunteers_off(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        shift = await planned(api, clock.now() + timedelta(days=1))
        part = await signed_up(api, shift)
        stated = await shown(api, shift)
        given = {"shift": shift["id"], "version": stated["version"], "reason": "台风"}
        assert (await api.refused(VOLUNTEER, "cancelVolunteerShift", SHIFT, given))["code"] == "FORBIDDEN"
        await api.do(MANAGER, "cancelVolunteerShift", SHIFT, given)
        query = "query($id: ID!) { node(id: $id) { ... on ShiftSignUp { state shift { state reason } } } }"
        found = (await api.data(VOLUNTEER, query, id=part["id"]))["node"]
        assert found == {"state": "CALLED_OFF", "shift": {"state": "CANCELLED", "reason": "台风"}}


async def test_the_clock_starts_a_shift_though_no_worker_ran_when_it_was_time(own_demo_url: str) -> None:
    begins = clock.now() + timedelta(days=1)
    async with calling(own_demo_url) as api:
        shift = await planned(api, begins)
        part = await signed_up(api, shift)
        database: Database = current()
        with pinned(), clock.frozen(begins + timedelta(days=1)):
            worker = Timers(database, WORKFLOWS)
            while await worker.meet_due():
                pass
        stated = await shown(api, shift)
        assert stated["state"] == "RUNNING"
        given = {"shift": shift["id"], "version": stated["version"]}
        with clock.frozen(begins + timedelta(days=1)):
            await api.do(MANAGER, "completeVolunteerShift", SHIFT, given)
        query = "query($id: ID!) { node(id: $id) { ... on ShiftSignUp { state } } }"
        assert (await api.data(VOLUNTEER, query, id=part["id"]))["node"]["state"] == "ABSENT"


async def test_who_volunteers_is_not_for_everybody(own_demo_url: str) -> None:
    listed = "{ volunteers { totalCount nodes { name phone } } shiftSignUps { totalCount } }"
    async with calling(own_demo_url) as api:
        for caller, volunteers, sign_ups in (("", 0, 0), ("demo-resident", 0, 0), (VOLUNTEER, 1, 1), (MANAGER, 2, 1)):
            found = await api.data(caller, listed)
            counts = (found["volunteers"]["totalCount"], found["shiftSignUps"]["totalCount"])
            assert counts == (volunteers, sign_ups), caller
        head = await api.ask("demo-station-head", listed)
        assert {each["phone"] for each in head["data"]["volunteers"]["nodes"]} == {None}
        assert {error["extensions"]["code"] for error in head["errors"]} == {"FORBIDDEN"}


async def test_figures_are_those_that_were_published(demo_url: str) -> None:
    async with calling(demo_url) as api:
        found = (await api.data("", "{ figures { key computed published computedBy } }"))["figures"]
    mine = {each["key"]: (each["computed"], each["published"]) for each in found if each["computedBy"] == "ustations"}
    assert mine == {"u_stations": (13, 13), "love_bank_pilots": (2, 2)}
