"""Use cases on accounts: find, list, open, correct, and bind to an identity at sign-in."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from gongzhi.core import clock
from gongzhi.core.actors import tables
from gongzhi.core.actors.commands import BindIdentity, CreateAccount, SetAccountStatus, UpdateAccount
from gongzhi.core.actors.records import Account, AccountStatus
from gongzhi.core.audit.log import record
from gongzhi.core.batching import look_up
from gongzhi.core.errors import Conflict, Invalid
from gongzhi.core.events.outbox import emit
from gongzhi.core.fields import checked, given
from gongzhi.core.journal import label_of
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import OWN, Decision, Principal, decide, require
from gongzhi.core.records import as_record, check_version, fetch, fetch_many, update
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.tables import Territory
from gongzhi.core.validity import in_force

RESOURCE = "actors.account"
EARLIEST_BIRTH = date(1900, 1, 1)
PRIVATE = ("birth_date", "education", "issuer", "subject")
"""Never told in events: whoever follows them has not been asked for `read_private`."""

_table = tables.Account
_keyset = Keyset(
    tag="account", table=_table, order=(_table.code,), types=(str,), convert=lambda row: as_record(row, Account)
)


class AccountFilter(msgspec.Struct, frozen=True):
    """Which accounts: all, or those who hold a post today in an organization located at or below a path."""

    within: str | None = None
    status: AccountStatus | None = None


async def account(principal: Principal, code: str) -> Account:
    """The account of that code, or NotFound, also for those who may not read it."""
    found = await find(code)
    require(principal, "read", RESOURCE, await place_of(found.id), relations_to(principal, found.id), readable=False)
    return found


async def find(code: str) -> Account:
    """The account of that code for a record that is to refer to it, or NotFound."""
    return as_record(await fetch(_table, _table.code, code, "account"), Account)


async def find_identity(issuer: str, subject: str) -> Account | None:
    """The account that signs in as `subject` of `issuer`: one statement. The caller is not known yet."""
    rows = await (
        _table.select(*_table.all_columns()).where(_table.issuer == issuer).where(_table.subject == subject).limit(1)
    )
    return as_record(rows[0], Account) if rows else None


async def accounts(principal: Principal, wanted: AccountFilter, request: PageRequest) -> Page[Account]:
    """Accounts in the order of their codes, for those who may read them at the place (None: the whole district)."""
    require(principal, "read", RESOURCE, wanted.within or await home())
    return await _keyset.page(request, filter_clauses(wanted))


def filter_clauses(wanted: AccountFilter) -> list[Combinable]:
    """The conditions of a filter."""
    clauses: list[Combinable] = []
    if wanted.status is not None:
        clauses.append(_table.status == wanted.status.value)
    if wanted.within is not None:
        post = tables.Membership
        holders = (
            post.select(post.account)
            .where(territory.path_clause(post.organization._.path, paths.parse(wanted.within, "within")))
            .where(in_force(post.valid_from, post.valid_to, clock.today()))
        )
        clauses.append(_table.id.is_in(holders))
    return clauses


async def by_ids(ids: Iterable[UUID]) -> dict[UUID, Account]:
    """The accounts of these ids, for a caller who may read them: one statement."""
    return {row["id"]: as_record(row, Account) for row in await fetch_many(_table, _table.id, ids)}


async def by_codes(codes: Iterable[str]) -> dict[str, Account]:
    """The accounts of these codes, for a caller who may read them: one statement."""
    return {row["code"]: as_record(row, Account) for row in await fetch_many(_table, _table.code, codes)}


async def create(principal: Principal, command: CreateAccount) -> Account:
    """A new account, without any post yet."""
    command = checked(command)
    decision = require(principal, "create", RESOURCE, await home())
    _check_birth(command.birth_date)
    if (command.issuer is None) != (command.subject is None):
        raise Invalid.at("subject", "issuer and subject identify somebody only together", "give both or neither")
    if await _table.exists().where(_table.code == command.code):
        raise Conflict(f"the code {command.code} is taken")
    if command.issuer is not None and command.subject is not None:
        await _check_unbound(command.issuer, command.subject)
    values: dict[str, Any] = given(command)
    row = _table(**values)
    await _table.insert(row)
    created = as_record(row.to_dict(), Account)
    await _record(principal, decision, None, created)
    return created


async def revise(principal: Principal, command: UpdateAccount) -> Account:
    """Correct an account; people may correct their own."""
    command = checked(command)
    current, decision = await _load(principal, command.code, command.version, own=True)
    _check_birth(command.birth_date)
    return await _amend(principal, decision, current, given(command, "code", "version"))


async def set_status(principal: Principal, command: SetAccountStatus) -> Account:
    """Suspend an account, or admit it again. Not for people's own: being theirs gives no right to it."""
    command = checked(command)
    if command.status is AccountStatus.erased:
        raise Invalid.at("status", "nobody is erased by a status", "use eraseAccount, or `gongzhi account erase`")
    current, decision = await _load(principal, command.code, command.version, own=False)
    return await _amend(principal, decision, current, given(command, "code", "version"))


async def bind(principal: Principal, command: BindIdentity) -> Account:
    """Bind an account to an identity, in place of the one it had. Conflict when another account has it.

    Not for people's own: nobody shall claim the identity of somebody who has no account yet.
    """
    command = checked(command)
    current, decision = await _load(principal, command.code, command.version, own=False)
    await _check_unbound(command.issuer, command.subject, current.id)
    return await _amend(principal, decision, current, given(command, "code", "version"))


async def place_of(account_id: UUID) -> str:
    """Where an account belongs: the lowest place above all posts that it holds or will hold, else `home`.

    So nobody changes the account, and with it the sign-in, of a person whose posts reach further than their own.
    """
    found = await look_up(places_of, account_id)
    return found or await home()


async def places_of(account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Where each of these accounts belongs; see `place_of`. One statement, and another if somebody holds no post."""
    wanted = list(dict.fromkeys(account_ids))
    post = tables.Membership
    rows = await (
        post.select(post.account, post.organization._.path.as_alias("path"))
        .where(post.account.is_in(wanted))
        .where(post.valid_to.is_null() | (post.valid_to > clock.today()))
    )
    held: dict[UUID, set[str]] = {account_id: set() for account_id in wanted}
    for row in rows:
        held[row["account"]].add(row["path"])
    nowhere = await home() if not all(held.values()) else paths.ROOT
    return {account_id: _lowest_above(found) if found else nowhere for account_id, found in held.items()}


def _lowest_above(places: set[str]) -> str:
    first, *others = places
    return next(place for place in paths.ancestors(first) if all(paths.within(other, place) for other in others))


async def home() -> str:
    """The place of people without a post: the district where there is one, the root where there are several."""
    rows = await (
        Territory.select(Territory.path)
        .where(Territory.parent.is_null())
        .where(in_force(Territory.valid_from, Territory.valid_to, clock.today()))
        .limit(2)
    )
    return str(rows[0]["path"]) if len(rows) == 1 else paths.ROOT


def relations_to(principal: Principal, account_id: UUID) -> tuple[str, ...]:
    """`own` when the account is the caller's."""
    return (OWN,) if principal.account_id == account_id else ()


async def _load(principal: Principal, code: str, version: int, *, own: bool) -> tuple[Account, Decision]:
    current = await find(code)
    place = await place_of(current.id)
    standing = relations_to(principal, current.id)
    readable = decide(principal, "read", RESOURCE, place, standing).allowed
    decision = require(principal, "update", RESOURCE, place, standing if own else (), readable=readable)
    check_version(current.version, version, "account")
    if current.status is AccountStatus.erased:
        raise Conflict(f"the account {code} is erased; nothing of it changes any more")
    return current, decision


async def _amend(principal: Principal, decision: Decision, current: Account, values: dict[str, Any]) -> Account:
    await update(_table, current.id, current.version, values)
    row = {**msgspec.structs.asdict(current), **values, "version": current.version + 1}
    changed = as_record(row, Account)
    await _record(principal, decision, current, changed)
    return changed


async def _record(principal: Principal, decision: Decision, before: Account | None, after: Account) -> None:
    # Not `journal.write`: the audit line names every changed field, the event must not tell the private ones.
    state = msgspec.to_builtins(after)
    old = None if before is None else msgspec.to_builtins(before)
    await record(principal, decision, label_of(after), old, state)
    told = {name: value for name, value in state.items() if name not in PRIVATE}
    await emit(f"{decision.resource}.{decision.action}", label_of(after), decision.path, told)


async def _check_unbound(issuer: str, subject: str, besides: UUID | None = None) -> None:
    holder = await find_identity(issuer, subject)
    if holder is not None and holder.id != besides:
        raise Conflict("this identity is bound to another account; unbind or suspend that one first")


def _check_birth(day: date | None) -> None:
    if day is not None and not EARLIEST_BIRTH <= day <= clock.today():
        raise Invalid.at("birth_date", f"nobody here was born on {day}", f"use a day from {EARLIEST_BIRTH} to today")
