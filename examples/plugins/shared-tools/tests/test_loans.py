"""A tool from sharing to coming back, asked for over the API by accounts with one role each, on both engines."""

from typing import Any

import pytest

PLUGIN = "shared_tools"
TOOL = {"name": "电钻", "path": "/test/street/home", "organization": "center"}
LOAN = "loan { id version state overdue }"
SHARED = "{ tools: sharedTools { nodes { id name lent } } }"
LOANS = "{ loans: sharedToolLoans { totalCount nodes { state version } } }"


async def asked(api: Any) -> dict[str, Any]:
    tool = (await api.do("org.manager", "shareTool", "tool { id lent }", TOOL))["tool"]
    return (await api.do("resident", "askForTool", LOAN, {"tool": tool["id"]}))["loan"]


async def step(api: Any, caller: str, name: str, loan: dict[str, Any], **given: Any) -> dict[str, Any]:
    command = {"loan": loan["id"], "version": loan["version"], **given}
    return (await api.do(caller, f"{name}SharedToolLoan", LOAN, command))["loan"]


async def refused(api: Any, caller: str, name: str, loan: dict[str, Any], **given: Any) -> dict[str, Any]:
    command = {"loan": loan["id"], "version": loan["version"], **given}
    return await api.refused(caller, f"{name}SharedToolLoan", LOAN, command)


async def test_one_tool_is_asked_for_lent_and_brought_back(gongzhi_api: Any) -> None:
    async with gongzhi_api(PLUGIN) as api:
        loan = await step(api, "org.staff", "lend", await asked(api))
        assert (loan["state"], loan["overdue"]) == ("LENT", False)
        (tool,) = (await api.data("", SHARED))["tools"]["nodes"]
        assert (tool["name"], tool["lent"]) == ("电钻", True)
        assert (await step(api, "resident", "giveBack", loan))["state"] == "RETURNED"


async def test_one_tool_is_lent_once(gongzhi_api: Any) -> None:
    async with gongzhi_api(PLUGIN) as api:
        first = await asked(api)
        (tool,) = (await api.data("", SHARED))["tools"]["nodes"]
        second = (await api.do("resident", "askForTool", LOAN, {"tool": tool["id"]}))["loan"]
        await step(api, "org.staff", "lend", first)
        assert (await refused(api, "org.staff", "lend", second))["code"] == "CONFLICT"


@pytest.mark.parametrize(
    ("caller", "name", "code"),
    [
        ("", "lend", "UNAUTHENTICATED"),
        ("resident", "lend", "FORBIDDEN"),
        ("other.manager", "lend", "NOT_FOUND"),
        ("org.staff", "giveBack", "ILLEGAL_TRANSITION"),
    ],
)
async def test_refused_steps_change_nothing(gongzhi_api: Any, caller: str, name: str, code: str) -> None:
    async with gongzhi_api(PLUGIN) as api:
        loan = await asked(api)
        assert (await refused(api, caller, name, loan))["code"] == code
        (found,) = (await api.data("org.staff", LOANS))["loans"]["nodes"]
        assert (found["state"], found["version"]) == ("ASKED", loan["version"])


async def test_loans_are_between_the_borrower_and_who_shares(gongzhi_api: Any) -> None:
    async with gongzhi_api(PLUGIN) as api:
        await asked(api)
        for caller, seen in (("resident", 1), ("org.staff", 1), ("auditor", 1), ("other.manager", 0), ("", 0)):
            assert (await api.data(caller, LOANS))["loans"]["totalCount"] == seen, caller


async def test_a_place_knows_its_tools(gongzhi_api: Any) -> None:
    query = '{ territory(path: "/test/street") { tools: sharedTools { totalCount } } }'
    async with gongzhi_api(PLUGIN) as api:
        await asked(api)
        assert (await api.data("", query))["territory"]["tools"]["totalCount"] == 1
