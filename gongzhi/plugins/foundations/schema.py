"""The module's part of the API. Money is exact, in fen."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from gongzhi.api import (
    Account,
    Amount,
    Info,
    Listing,
    Money,
    Needs,
    Node,
    OrganizationRecord,
    Provenance,
    TerritoryRecord,
    about,
    annotated,
    connection,
    enum_type,
    field,
    guarded,
    loaded,
    object_type,
    present,
    record_type,
    stateful,
    viewer,
)
from gongzhi.plugins.foundations import records, service
from gongzhi.plugins.foundations.kinds import FUND_KINDS, FundKind
from gongzhi.plugins.foundations.registers import DONATIONS, FUNDS, GRANTS
from gongzhi.plugins.foundations.resources import DONATION, FUND, GRANT
from gongzhi.plugins.foundations.workflow import DONATION as DONATION_WORKFLOW
from gongzhi.plugins.foundations.workflow import GRANT as GRANT_WORKFLOW

enum_type(FundKind, "FundKind", FUND_KINDS)

VERSION = "Counts its changes; a mutation names the one that its caller saw."
READ_FUNDS = Needs(FUND.name, "read")
First = Annotated[date, about("The first day of the period.")]
Last = Annotated[date, about("The last day of the period.")]


def _money(name: str, description: str) -> Any:
    """An amount of a record's field in fen."""

    def amount(root: strawberry.Parent[Any]) -> Money:
        """Exact."""
        return present(Amount(getattr(root, name)))

    return viewer(description, resolver=amount)


@object_type(records.PurposeBalance)
class FundBalance:
    """What a fund has for a purpose."""

    purpose: str | None = viewer("The purpose; null for any.")
    balance: Money = _money("balance", "All of it.")
    held: Money = _money("held", "What is promised to grants and not paid yet.")
    available: Money = _money("available", "What can still be granted.")


@object_type(records.PurposeStatement)
class FundStatementLine:
    """The money for a purpose over a period: opening + incoming - outgoing = closing."""

    purpose: str | None = viewer("The purpose; null for any, or for the sum.")
    opening: Money = _money("opening", "At the beginning of the first day.")
    incoming: Money = _money("incoming", "What came in.")
    outgoing: Money = _money("outgoing", "What went out.")
    closing: Money = _money("closing", "At the end of the last day.")


@object_type(records.GrantInstalment)
class GrantInstalment:
    """A part of a grant that was paid."""

    number: int = viewer("Counts the instalments of the grant, from 1.")
    amount: Money = _money("amount", "How much.")
    on: date = viewer("The day.")


@object_type(records.FundStatement)
class FundStatement:
    """A fund's public statement of a period. It is read from the books, and so adds up."""

    first: date = viewer("The first day.")
    last: date = viewer("The last day.")
    purposes: list[FundStatementLine] = viewer("By purpose.")
    total: FundStatementLine = viewer("The sum over the purposes.")
    paid: list[GrantInstalment] = viewer("The instalments that were paid, by day.")


@record_type(FUNDS)
class CommunityFund(Node):
    """A community foundation (社区基金会), or a named fund of one."""

    code: str = viewer("Its stable code.")
    kind: FundKind = viewer("A foundation, or a named fund within one.")
    name: str = viewer("Its name in Chinese.")
    name_en: str = viewer("Its name in English.")
    path: str = viewer("The territory path.")
    purpose: str = viewer("What it is there for.")
    signatures: int = viewer("How many signatures a grant needs.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer(VERSION)

    @viewer("The foundation that a named fund belongs to.")
    async def parent(root: strawberry.Parent[records.CommunityFund], info: Info) -> "CommunityFund | None":
        """All of a page at once."""
        return present(await info.context.batch(service.funds_by_ids, root.parent)) if root.parent else None

    @viewer("Who may sign grants.")
    async def signers(root: strawberry.Parent[records.CommunityFund], info: Info) -> list[Account]:
        """By the loader."""
        return present([await info.context.loaders.account.load(key) for key in root.signers])

    balances = viewer(
        "What it has, by purpose; money for any purpose first.",
        resolver=loaded(list[FundBalance], service.balances, "id", missing=()),
    )

    @viewer("The public statement of a period, both days within.")
    async def statement(
        root: strawberry.Parent[records.CommunityFund], info: Info, first: First, last: Last
    ) -> FundStatement | None:
        """From the books."""
        return present(await service.statement(info.context.principal, root, first, last))


@record_type(DONATIONS)
@stateful(DONATION_WORKFLOW)
class Donation(Node):
    """A gift to a fund."""

    path: str = viewer("The territory path.")
    donor: str | None = guarded(DONATION, "donor", "Who gives.")
    public_name: str | None = viewer("Who gives, as the public is told; null for an anonymous gift.")
    anonymous: bool = viewer("Whether the public is not told who gives.")
    amount: Money = _money("amount", "How much.")
    purpose: str | None = viewer("What for alone; null for any purpose.")
    received_on: date | None = viewer("The day on which the money arrived.")
    receipt: str = viewer("The number of the receipt; empty before it was issued.")
    reason: str = viewer("Why it was refunded or cancelled.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer(VERSION)

    fund = viewer("To which fund.", resolver=loaded(CommunityFund | None, service.funds_by_ids, "fund"))


@object_type(records.GrantSignature)
class GrantSignature:
    """A signature under a grant."""

    at: datetime = viewer("When.")

    account = viewer("Whose.", resolver=loaded(Account | None, "loaders.account", "account"))


@record_type(GRANTS)
@stateful(GRANT_WORKFLOW)
@annotated(GRANT)
class FundGrant(Node):
    """Money that a fund gives."""

    path: str = viewer("The territory path.")
    title: str = viewer("What it is, in a few words.")
    grantee: str = viewer("Who gets the money.")
    purpose: str | None = viewer("From the money given for this purpose; null: from that for any.")
    amount: Money = _money("amount", "How much.")
    paid: Money = _money("paid", "How much of it was paid.")
    report: str = viewer("What came of it.")
    reason: str = viewer("Why it was rejected.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer(VERSION)

    fund = viewer("From which fund.", resolver=loaded(CommunityFund | None, service.funds_by_ids, "fund"))

    signatures = viewer(
        "Who signed it.", resolver=loaded(list[GrantSignature], service.signatures_of, "id", missing=())
    )

    instalments = viewer(
        "What was paid of it.", resolver=loaded(list[GrantInstalment], service.instalments_of, "id", missing=())
    )


@object_type()
class OrganizationFunds:
    """What an organization has of funds."""

    @field("What the funds that it runs have together.", READ_FUNDS)
    async def fund_balance(root: strawberry.Parent[OrganizationRecord], info: Info) -> Money | None:
        """All of a page at once."""
        return present(Amount(await info.context.batch(service.balance_of_organizations, root.id) or 0))


@object_type()
class TerritoryFunds:
    """What a place has of funds."""

    @connection("Funds there or below, by code.", CommunityFund, READ_FUNDS)
    def funds(root: strawberry.Parent[TerritoryRecord], info: Info) -> Listing:
        """Within scope."""
        return lambda page: service.funds(info.context.principal, root.path, page)
