"""Gifts and grants over the API, by the demo's accounts: what the books allow, and everything that they refuse."""

import asyncio
from typing import Any

import pytest

from gongzhi.core import clock, ledger
from gongzhi.testing.calling import Callers, calling

MANAGER, SECRETARY, DIRECTOR, HEAD = (
    "demo-org-manager",
    "demo-party-secretary",
    "demo-committee-director",
    "demo-station-head",
)
DONATION = "donation { id version state receipt amount { fen yuan } }"
GRANT = "grant { id version state paid { yuan } signatures { at } }"
ELDERS = "长者食堂"
YUAN = 100
FUNDS = """{ communityFunds(within: "/futian/nanyuan") { nodes { id code
    balances { purpose balance { yuan } held { yuan } available { yuan } } } } }"""


async def fund(api: Callers) -> dict[str, Any]:
    (found,) = (await api.data("", FUNDS))["communityFunds"]["nodes"]
    return dict(found)


async def available(api: Callers) -> dict[str | None, tuple[str, str]]:
    """What the fund has and holds, in yuan, by purpose. The demo's: 8,000 for any purpose and 5,000 for the elders."""
    return {each["purpose"]: (each["balance"]["yuan"], each["held"]["yuan"]) for each in (await fund(api))["balances"]}


async def given(api: Callers, yuan: int, purpose: str | None = None) -> dict[str, Any]:
    command = {"fund": (await fund(api))["id"], "donor": "某居民", "amount": yuan * YUAN, "purpose": purpose}
    return dict((await api.do(MANAGER, "pledgeDonation", DONATION, command))["donation"])


async def gift(api: Callers, name: str, record: dict[str, Any], caller: str = MANAGER, **more: Any) -> dict[str, Any]:
    command = {"donation": record["id"], "version": record["version"], **more}
    return dict((await api.do(caller, f"{name}Donation", DONATION, command))["donation"])


async def no_gift(
    api: Callers, name: str, record: dict[str, Any], caller: str = MANAGER, **more: Any
) -> dict[str, Any]:
    command = {"donation": record["id"], "version": record["version"], **more}
    return await api.refused(caller, f"{name}Donation", DONATION, command)


async def proposed(api: Callers, yuan: int, purpose: str | None = None, caller: str = MANAGER) -> dict[str, Any]:
    command = {
        "fund": (await fund(api))["id"],
        "title": "陪伴",
        "grantee": "互助组",
        "amount": yuan * YUAN,
        "purpose": purpose,
    }
    return dict((await api.do(caller, "proposeFundGrant", GRANT, command))["grant"])


async def grant(api: Callers, name: str, record: dict[str, Any], caller: str = MANAGER, **more: Any) -> dict[str, Any]:
    command = {"grant": record["id"], "version": record["version"], **more}
    return dict((await api.do(caller, f"{name}FundGrant", GRANT, command))["grant"])


async def no_grant(
    api: Callers, name: str, record: dict[str, Any], caller: str = MANAGER, **more: Any
) -> dict[str, Any]:
    command = {"grant": record["id"], "version": record["version"], **more}
    return await api.refused(caller, f"{name}FundGrant", GRANT, command)


async def approved(api: Callers, yuan: int, purpose: str | None = None) -> dict[str, Any]:
    record = await grant(api, "review", await proposed(api, yuan, purpose))
    record = await grant(api, "sign", record, SECRETARY)
    return await grant(api, "sign", record, HEAD)


async def test_a_gift_gets_the_next_receipt_and_is_in_the_books(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        received = await gift(api, "receive", await given(api, 300))
        receipted = await gift(api, "receipt", received)
        year = clock.today().year
        assert receipted["receipt"] == f"DONGYUAN-FUND-{year}-000002"
        again = await gift(api, "receipt", await gift(api, "receive", await given(api, 1)))
        assert again["receipt"] == f"DONGYUAN-FUND-{year}-000003"
        assert (await available(api))[None] == ("8301.00", "0.00")
        assert await ledger.verify("foundations") == []


async def test_receipts_have_no_gaps_however_many_are_issued_at_once(own_demo_url: str) -> None:
    mutation = "mutation($c: ReceiptDonationInput!) { receiptDonation(input: $c) { donation { receipt } } }"
    async with calling(own_demo_url) as api:
        received = [await gift(api, "receive", await given(api, 1)) for _ in range(6)]
        commands = [{"donation": each["id"], "version": each["version"]} for each in received]
        answers = await asyncio.gather(*(api.ask(MANAGER, mutation, c=command) for command in commands))
        numbers = sorted(each["data"]["receiptDonation"]["donation"]["receipt"][-6:] for each in answers)
        assert numbers == [f"{number:06d}" for number in range(2, 8)]


async def test_a_grant_is_signed_by_two_of_three_and_paid_in_instalments(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        record = await grant(api, "review", await proposed(api, 3_000))
        record = await grant(api, "sign", record, SECRETARY)
        assert (record["state"], len(record["signatures"])) == ("REVIEWED", 1)
        assert (await available(api))[None] == ("8000.00", "0.00")
        record = await grant(api, "sign", record, HEAD)
        assert (record["state"], len(record["signatures"])) == ("APPROVED", 2)
        assert (await available(api))[None] == ("8000.00", "3000.00")
        record = await grant(api, "pay", record, amount=1_000 * YUAN)
        record = await grant(api, "pay", record, amount=500 * YUAN)
        assert (record["state"], record["paid"]["yuan"]) == ("DISBURSED", "1500.00")
        record = await grant(api, "report", record, report="完成")
        record = await grant(api, "close", record)
        assert (record["state"], (await available(api))[None]) == ("CLOSED", ("6500.00", "0.00"))
        assert await ledger.verify("foundations") == []


async def test_restricted_money_pays_for_its_purpose_alone(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        record = await grant(api, "review", await proposed(api, 8_001))
        record = await grant(api, "sign", record, SECRETARY)
        refusal = await no_grant(api, "sign", record, HEAD)
        assert (refusal["code"], refusal["available"], refusal["asked"]) == ("CONFLICT", 8_000 * YUAN, 8_001 * YUAN)
        other = await grant(api, "review", await proposed(api, 1, "助学"))
        other = await grant(api, "sign", other, SECRETARY)
        assert (await no_grant(api, "sign", other, HEAD))["code"] == "CONFLICT"
        await approved(api, 5_000, ELDERS)
        balances = await available(api)
        assert (balances[None], balances[ELDERS]) == (("8000.00", "0.00"), ("5000.00", "5000.00"))


async def test_a_signature_that_would_overdraw_does_not_count(own_demo_url: str) -> None:
    query = "query($id: ID!) { node(id: $id) { ... on FundGrant { state signatures { at } } } }"
    async with calling(own_demo_url) as api:
        record = await grant(api, "review", await proposed(api, 9_000))
        record = await grant(api, "sign", record, SECRETARY)
        assert (await no_grant(api, "sign", record, HEAD))["code"] == "CONFLICT"
        stated = (await api.data(MANAGER, query, id=record["id"]))["node"]
        assert (stated["state"], len(stated["signatures"])) == ("REVIEWED", 1)


async def test_who_may_sign_signs_once_and_not_their_own(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        record = await grant(api, "review", await proposed(api, 100, caller=DIRECTOR))
        assert (await no_grant(api, "sign", record, MANAGER))["code"] == "FORBIDDEN"
        assert (await no_grant(api, "sign", record, ""))["code"] == "UNAUTHENTICATED"
        own = await no_grant(api, "sign", record, DIRECTOR)
        assert (own["code"], "proposed" in own["message"]) == ("CONFLICT", True)
        record = await grant(api, "sign", record, SECRETARY)
        twice = await no_grant(api, "sign", record, SECRETARY)
        assert (twice["code"], "already" in twice["message"]) == ("CONFLICT", True)
        assert record["state"] == "REVIEWED"


async def test_a_grant_is_not_signed_before_it_is_reviewed(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        refusal = await no_grant(api, "sign", await proposed(api, 100), SECRETARY)
        assert refusal["code"] == "ILLEGAL_TRANSITION"


async def test_signatures_at_once_are_counted_one_by_one(own_demo_url: str) -> None:
    mutation = "mutation($c: SignFundGrantInput!) { signFundGrant(input: $c) { grant { state } } }"
    async with calling(own_demo_url) as api:
        record = await grant(api, "review", await proposed(api, 100))
        command = {"grant": record["id"], "version": record["version"]}
        callers = (SECRETARY, DIRECTOR, HEAD, SECRETARY)
        answers = await asyncio.gather(*(api.ask(caller, mutation, c=command) for caller in callers))
        states = [each["data"]["signFundGrant"]["grant"]["state"] for each in answers if "errors" not in each]
        assert sorted(states) == ["APPROVED", "REVIEWED"]
        assert (await available(api))[None] == ("8000.00", "100.00")


async def test_no_more_is_paid_than_was_granted(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        record = await grant(api, "pay", await approved(api, 100), amount=60 * YUAN)
        refusal = await no_grant(api, "pay", record, amount=41 * YUAN)
        assert (refusal["code"], refusal["left"], refusal["asked"]) == ("CONFLICT", 40 * YUAN, 41 * YUAN)
        assert (await grant(api, "pay", record, amount=40 * YUAN))["paid"]["yuan"] == "100.00"


async def test_two_payments_at_once_are_one(own_demo_url: str) -> None:
    mutation = "mutation($c: PayFundGrantInput!) { payFundGrant(input: $c) { grant { state } } }"
    async with calling(own_demo_url) as api:
        record = await approved(api, 100)
        command = {"grant": record["id"], "version": record["version"], "amount": 60 * YUAN}
        answers = await asyncio.gather(*(api.ask(MANAGER, mutation, c=command) for _ in range(4)))
        assert len([each for each in answers if "errors" not in each]) == 1
        assert (await available(api))[None] == ("7940.00", "40.00")


async def test_what_was_spent_is_not_refunded(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        received = await gift(api, "receive", await given(api, 500, "助学"))
        record = await grant(api, "pay", await approved(api, 300, "助学"), amount=300 * YUAN)
        refusal = await no_gift(api, "refund", received, reason="误捐")
        assert refusal["code"] == "CONFLICT"
        assert (await available(api))["助学"] == ("200.00", "0.00")
        assert record["state"] == "DISBURSED"
        other = await gift(api, "receive", await given(api, 100, "助学"))
        refunded = await gift(api, "refund", other, reason="误捐")
        assert (refunded["state"], (await available(api))["助学"]) == ("REFUNDED", ("200.00", "0.00"))


@pytest.mark.parametrize(
    "amount", [0, -1, 1.5, 10**14 + 1, 2**53], ids=["zero", "negative", "fraction", "more", "huge"]
)
async def test_amounts_that_are_none_are_refused(own_demo_url: str, amount: float) -> None:
    async with calling(own_demo_url) as api:
        command = {"fund": (await fund(api))["id"], "donor": "某居民", "amount": amount}
        refusal = await api.refused(MANAGER, "pledgeDonation", DONATION, command)
        assert refusal["code"] == "INVALID"
        counted = await api.data("", "{ donations { totalCount } }")
        assert counted["donations"]["totalCount"] == 7


async def test_an_amount_beyond_an_int_is_exact(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        received = await gift(api, "receive", await given(api, 90_000_000_01))
        assert received["amount"] == {"fen": 90_000_000_01 * YUAN, "yuan": "9000000001.00"}


@pytest.mark.parametrize(
    ("caller", "code"), [("", "UNAUTHENTICATED"), (SECRETARY, "FORBIDDEN"), ("demo-auditor", "FORBIDDEN")]
)
async def test_only_who_runs_the_fund_keeps_its_books(own_demo_url: str, caller: str, code: str) -> None:
    async with calling(own_demo_url) as api:
        pledge = await given(api, 10)
        assert (await no_gift(api, "receive", pledge, caller))["code"] == code
        command = {"fund": (await fund(api))["id"], "donor": "某居民", "amount": 1}
        assert (await api.refused(caller, "pledgeDonation", DONATION, command))["code"] == code
        assert (await available(api))[None] == ("8000.00", "0.00")
