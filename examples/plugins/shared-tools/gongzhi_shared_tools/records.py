"""The plugin's records. The name of a struct is that of its GraphQL type."""

from enum import StrEnum
from uuid import UUID

from gongzhi.api import PlacedRecord, StatefulRecord


class SharedToolLoanState(StrEnum):
    """Where a loan stands."""

    asked = "asked"
    lent = "lent"
    returned = "returned"
    refused = "refused"


class SharedTool(PlacedRecord, frozen=True, kw_only=True):
    """A tool that somebody shares."""

    name: str
    name_en: str
    lent: bool


class SharedToolLoan(StatefulRecord, frozen=True, kw_only=True):
    """Somebody asked for a tool."""

    state: SharedToolLoanState
    tool: UUID
    borrower: UUID
    reason: str
