"""Opening funds, entering pledges, proposing and signing grants, and the public statement of a period."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from gongzhi.api import (
    SYSTEM,
    Conflict,
    IllegalTransition,
    Invalid,
    Page,
    PageRequest,
    Principal,
    accounts,
    advance,
    as_record,
    calendar,
    check_version,
    checked,
    clock,
    fetch_many,
    organizations,
    possible,
    territory,
)
from gongzhi.plugins.foundations import books
from gongzhi.plugins.foundations.commands import OpenFund, PledgeDonation, ProposeGrant, SignGrant
from gongzhi.plugins.foundations.kinds import DonationState, FundKind, GrantState
from gongzhi.plugins.foundations.records import (
    CommunityFund,
    Donation,
    FundGrant,
    FundStatement,
    GrantInstalment,
    GrantSignature,
    PurposeBalance,
    PurposeStatement,
)
from gongzhi.plugins.foundations.registers import DONATIONS, FUNDS, GRANTS
from gongzhi.plugins.foundations.resources import PROPOSER, SELF
from gongzhi.plugins.foundations.tables import Donation as DonationTable
from gongzhi.plugins.foundations.tables import Fund, Grant, Instalment, Signature
from gongzhi.plugins.foundations.workflow import DONATION, GRANT


async def funds(principal: Principal, within: str | None, request: PageRequest) -> Page[CommunityFund]:
    """Funds, by code."""
    clauses = [territory.path_clause(Fund.path, within)] if within is not None else []
    return await FUNDS.page(principal, request, clauses)


async def funds_by_ids(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, CommunityFund]:
    """Funds by id. One statement."""
    return await FUNDS.by_ids(principal, keys)


async def open_fund(principal: Principal, command: OpenFund) -> CommunityFund:
    """Open a fund.

    :raises Conflict: the code is taken. Invalid: more signatures than signers, a signer twice, or no parent where a
        named fund needs one. NotFound: there is no such account or organization.
    """
    command = checked(command)
    place = await territory.find(command.path)
    if command.signatures > len(set(command.signers)) or len(set(command.signers)) < len(command.signers):
        remedy = "name each signer once, and no more signatures than signers"
        raise Invalid.at("signatures", "this fund could not sign any grant", remedy)
    if (command.kind is FundKind.named_fund) is (command.parent is None):
        raise Invalid.at("parent", "a named fund belongs to a foundation, and a foundation to none", "correct either")
    if command.parent is not None:
        await FUNDS.get(principal, command.parent)
    if await Fund.exists().where(Fund.code == command.code):
        raise Conflict(f"there is a fund {command.code} already")
    owner = (await organizations.find(command.organization)).id if command.organization else None
    values = {name: getattr(command, name) for name in ("code", "kind", "parent", "name", "name_en", "purpose")}
    values |= {"signatures": command.signatures, "provenance": command.provenance}
    values["signers"] = tuple([(await accounts.find(code)).id for code in command.signers])
    return await FUNDS.insert(principal, place.path, values, action="open", organization=owner)


async def donations(
    principal: Principal, fund: UUID | None, state: DonationState | None, request: PageRequest
) -> Page[Donation]:
    """Donations that the caller may read, in the order of their entry."""
    clauses: list[Any] = []
    if fund is not None:
        clauses.append(DonationTable.fund == fund)
    if state is not None:
        clauses.append(DonationTable.state == state.value)
    return await DONATIONS.page(principal, request, clauses)


async def pledge(principal: Principal, command: PledgeDonation) -> Donation:
    """Enter a pledge for a fund."""
    command = checked(command)
    fund = await FUNDS.get(principal, command.fund)
    donor = (await accounts.find(command.donor_account)).id if command.donor_account else None
    values = {
        **DONATION.begun(calendar()),
        **{name: getattr(command, name) for name in ("donor", "anonymous", "amount", "purpose", "provenance")},
        "fund": fund.id,
        "donor_account": donor,
    }
    relations = (SELF,) if donor is not None and donor == principal.account_id else ()
    return await DONATIONS.insert(
        principal, fund.path, values, action="pledge", organization=fund.organization, relations=relations
    )


async def grants(
    principal: Principal, fund: UUID | None, state: GrantState | None, request: PageRequest
) -> Page[FundGrant]:
    """Grants that the caller may read, in the order of their proposal."""
    clauses: list[Any] = []
    if fund is not None:
        clauses.append(Grant.fund == fund)
    if state is not None:
        clauses.append(Grant.state == state.value)
    return await GRANTS.page(principal, request, clauses)


async def propose(principal: Principal, command: ProposeGrant) -> FundGrant:
    """Propose a grant; whether the fund has the money is decided when it is approved."""
    command = checked(command)
    fund = await FUNDS.get(principal, command.fund)
    values = {
        **GRANT.begun(calendar()),
        **{name: getattr(command, name) for name in ("title", "grantee", "amount", "purpose", "provenance")},
        "fund": fund.id,
        "proposer": principal.account_id,
    }
    return await GRANTS.insert(
        principal, fund.path, values, action="propose", organization=fund.organization, relations=(PROPOSER,)
    )


async def sign(principal: Principal, command: SignGrant) -> FundGrant:
    """Sign a reviewed grant. The last signature that is needed approves it, and holds its amount.

    :raises Conflict: the caller signed already, or proposed it, or the fund has less than the grant for its purpose:
        then this signature does not count either.
    """
    command = checked(command)
    # Whoever signs at the same time waits here, and sees this signature.
    await Grant.raw("UPDATE foundation_grant SET version = version WHERE id = {}", command.grant)
    grant = await GRANTS.find(principal, command.grant)
    decision = GRANTS.require(principal, "sign", grant)
    check_version(grant.version, command.version, "grant")
    if grant.state is not GrantState.reviewed:
        allowed = [step.name for step in possible(GRANT, principal, grant)]
        raise IllegalTransition(f"a grant that is {grant.state} is not signed", state=grant.state, allowed=allowed)
    if grant.proposer == principal.account_id:
        raise Conflict("you proposed this grant; somebody else must sign it")
    signed = {row["account"] for row in await Signature.select(Signature.account).where(Signature.grant == grant.id)}
    if principal.account_id in signed:
        raise Conflict("you signed this grant already")
    await Signature.insert(Signature(grant=grant.id, account=principal.account_id, at=clock.now()))
    await GRANTS.note(principal, decision, grant, {"signature": str(principal.account_id)})
    fund = await FUNDS.find(SYSTEM, grant.fund)
    if len(signed & set(fund.signers)) + 1 < fund.signatures:
        return grant
    hold = await books.promise(grant, fund, principal.account_id)
    return await advance(GRANT, "approve", principal, grant, hold)


async def signatures_of(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, list[GrantSignature]]:
    """The signatures under grants, in their order. One statement."""
    found: dict[UUID, list[GrantSignature]] = {}
    for row in sorted(await fetch_many(Signature, Signature.grant, keys), key=lambda each: str(each["id"])):
        found.setdefault(row["grant"], []).append(as_record(row, GrantSignature))
    return found


async def instalments_of(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, list[GrantInstalment]]:
    """What was paid of grants, in order. One statement."""
    found: dict[UUID, list[GrantInstalment]] = {}
    for row in sorted(await fetch_many(Instalment, Instalment.grant, keys), key=lambda each: int(each["number"])):
        found.setdefault(row["grant"], []).append(as_record(row, GrantInstalment))
    return found


async def balances(principal: Principal, funds: Iterable[UUID]) -> dict[UUID, list[PurposeBalance]]:
    """What funds have, by purpose. One statement."""
    return await books.balances(funds)


async def balance_of_organizations(principal: Principal, organizations: Iterable[UUID]) -> dict[UUID, int]:
    """What the funds of each of these organizations have together, in fen. Two statements."""
    run = await FUNDS.every(principal, [Fund.organization.is_in(list(organizations))])
    found: dict[UUID, int] = {}
    for fund, purposes in (await books.balances(fund.id for fund in run)).items() if run else ():
        owner = next(each.organization for each in run if each.id == fund)
        if owner is not None:
            found[owner] = found.get(owner, 0) + sum(each.balance for each in purposes)
    return found


async def statement(principal: Principal, fund: CommunityFund, first: date, last: date) -> FundStatement:
    """A fund's public statement of a period, both days within: it adds up, for it is read from the books.

    :raises Invalid: the period ends before it begins.
    """
    purposes = await books.statements(fund.id, first, last)
    parts = ("opening", "incoming", "outgoing", "closing")
    total = PurposeStatement(None, *(sum(getattr(each, name) for each in purposes) for name in parts))
    granted = await Grant.select(Grant.id).where(Grant.fund == fund.id).output(as_list=True)
    paid = (await instalments_of(principal, granted)).values() if granted else ()
    within = [each for many in paid for each in many if first <= each.on <= last]
    return FundStatement(first, last, tuple(purposes), total, tuple(sorted(within, key=lambda each: each.on)))
