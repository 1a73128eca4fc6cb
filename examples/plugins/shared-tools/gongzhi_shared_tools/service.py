"""The use cases: the caller first, then what they said; load, authorize, check, write."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import msgspec
from gongzhi.api import (
    Invalid,
    Name,
    NameEn,
    Page,
    PageRequest,
    Path,
    Principal,
    Unauthenticated,
    calendar,
    checked,
    node,
    organizations,
    territory,
)

from gongzhi_shared_tools.records import SharedTool, SharedToolLoan
from gongzhi_shared_tools.registers import LOANS, TOOLS
from gongzhi_shared_tools.resources import BORROWER
from gongzhi_shared_tools.tables import Tool
from gongzhi_shared_tools.workflow import LOAN


class ShareTool(msgspec.Struct, frozen=True, kw_only=True):
    """Share a tool of an organization at a place."""

    name: Name
    name_en: NameEn = ""
    path: Path
    organization: Annotated[str, msgspec.Meta(max_length=64, description="The code of whose tool it is.")]


class AskForTool(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for a tool."""

    tool: Annotated[UUID, node("SharedTool", "The tool.")]


async def tools(
    principal: Principal,
    within: str | None,
    request: PageRequest,
) -> Page[SharedTool]:
    """Tools that the caller may see, in the order in which they were shared."""
    clauses = [territory.path_clause(Tool.path, within)] if within is not None else []
    return await TOOLS.page(principal, request, clauses)


async def tools_by_ids(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, SharedTool]:
    """Tools by id. One statement."""
    return await TOOLS.by_ids(principal, keys)


async def share(principal: Principal, command: ShareTool) -> SharedTool:
    """Share a tool.

    :raises Invalid: the organization does not serve the place.
    """
    command = checked(command)
    place = await territory.find(command.path)
    owner = await organizations.find(command.organization)
    if not await organizations.serves(owner, place.path):
        raise Invalid.at("organization", f"{owner.code} does not serve {place.path}", "name a place that it serves")
    values = {"name": command.name, "name_en": command.name_en}
    return await TOOLS.insert(principal, place.path, values, action="share", organization=owner.id)


async def loans(principal: Principal, request: PageRequest) -> Page[SharedToolLoan]:
    """Loans that the caller may see, in the order in which they were asked for."""
    return await LOANS.page(principal, request)


async def ask(principal: Principal, command: AskForTool) -> SharedToolLoan:
    """Ask for a tool, for oneself."""
    command = checked(command)
    if principal.account_id is None:
        raise Unauthenticated("Sign in to ask for a tool.")
    tool = await TOOLS.get(principal, command.tool)
    values = {**LOAN.begun(calendar()), "tool": tool.id, "borrower": principal.account_id}
    return await LOANS.insert(
        principal, tool.path, values, action="ask", organization=tool.organization, relations=(BORROWER,)
    )
