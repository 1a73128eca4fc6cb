"""Setting an amount apart, spending it at once or in instalments, and releasing what is left."""

from typing import Any
from uuid import UUID

from gongzhi.core import clock
from gongzhi.core.errors import Conflict, IdempotencyMismatch, Invalid
from gongzhi.core.fields import checked
from gongzhi.core.ledger.accounts import in_transaction, lock
from gongzhi.core.ledger.checks import available_for, check_open, check_purpose
from gongzhi.core.ledger.commands import Posting, Reserve
from gongzhi.core.ledger.posting import checked_posting, digest_of, enter, repeated
from gongzhi.core.ledger.records import Entry, Hold, HoldState, LedgerAccount
from gongzhi.core.ledger.tables import LedgerAccount as AccountTable
from gongzhi.core.ledger.tables import LedgerHold
from gongzhi.core.records import as_record, fetch

_SAME = ("account", "amount", "purpose")


async def hold(command: Reserve) -> Hold:
    """Set an amount apart, so that only `spend_hold` can post it, or answer the hold of the same reference.

    :raises Conflict: the account is closed, or has less available (`account`, `available`, `asked`).
    :raises Invalid: the account has another purpose, or a field is out of bounds.
    :raises IdempotencyMismatch: the reference was used in this book for another hold.
    :raises NotFound: there is no such account.
    """
    command = checked(command)

    async def work() -> Hold:
        account = (await lock([command.account]))[command.account]
        known = await _by_reference(account.book, command.reference)
        if known is not None:
            if any(getattr(known, name) != getattr(command, name) for name in _SAME):
                raise IdempotencyMismatch(
                    f"{account.book} has another hold with the reference {command.reference}; use a new one",
                    details={"reference": command.reference, "hold": str(known.id)},
                )
            return known
        check_open(account)
        check_purpose(account, command.purpose)
        available_for(account, -command.amount)
        return await _set_apart(account, command)

    return await in_transaction(work)


async def find_hold(key: UUID) -> Hold:
    """A hold as it is now.

    :raises NotFound: there is none of this id.
    """
    return as_record(await fetch(LedgerHold, LedgerHold.id, key, "hold"), Hold)


async def spend_hold(key: UUID, posting: Posting) -> Entry:
    """Post what a hold has set apart, or a part of it; the posting takes it from the account of the hold.

    :raises Conflict: less is left of the hold (`available`, `asked`), or it was released. And as `post` does.
    :raises Invalid: the posting takes nothing from that account, or is for another purpose. And as `post` does.
    """
    posting = checked_posting(posting)

    async def work() -> Entry:
        account = (await find_hold(key)).account
        found = await lock([account, *(line.account for line in posting.lines)])
        digest = digest_of(posting, hold=key)
        if known := await repeated(posting, digest):
            return known
        held = await find_hold(key)
        asked = _asked(posting, found[account])
        if held.purpose != posting.purpose:
            raise Invalid.at("purpose", f"{posting.purpose!r} is not what the hold was made for, {held.purpose!r}")
        if asked > held.rest:
            raise Conflict(
                f"{held.rest} {found[account].unit} are left of hold {held.reference}, {asked} are asked for",
                details={"hold": str(key), "available": held.rest, "asked": asked},
            )
        made = await enter(posting, digest, found, hold=key, freed={account: asked})
        changes: dict[Any, Any] = {LedgerHold.spent: held.spent + asked}
        if held.spent + asked == held.amount:
            changes |= {LedgerHold.state: HoldState.spent.value, LedgerHold.settled_at: clock.now()}
        await LedgerHold.update(changes).where(LedgerHold.id == key)
        return made

    return await in_transaction(work)


async def release_hold(key: UUID) -> Hold:
    """Give back what is left of a hold. Releasing it twice changes nothing.

    :raises Conflict: all of it was spent.
    :raises NotFound: there is no such hold.
    """

    async def work() -> Hold:
        account = (await find_hold(key)).account
        await lock([account])
        held = await find_hold(key)
        if held.state is HoldState.spent:
            raise Conflict(f"hold {held.reference} is spent; reverse its entry", details={"hold": str(key)})
        if held.state is HoldState.held:
            await AccountTable.update({AccountTable.held: AccountTable.held - held.rest}).where(
                AccountTable.id == account
            )
            await LedgerHold.update(
                {LedgerHold.state: HoldState.released.value, LedgerHold.settled_at: clock.now()}
            ).where(LedgerHold.id == key)
        return await find_hold(key)

    return await in_transaction(work)


async def _set_apart(account: LedgerAccount, command: Reserve) -> Hold:
    row = LedgerHold(
        **{name: getattr(command, name) for name in ("account", "reference", "amount", "purpose", "source", "actor")},
        book=account.book,
        state=HoldState.held.value,
        at=clock.now(),
    )
    if not await LedgerHold.insert(row).on_conflict(action="DO NOTHING"):
        raise Conflict("Somebody else holds this at this moment; send it again.", details={"retryable": True})
    await AccountTable.update({AccountTable.held: AccountTable.held + command.amount}).where(
        AccountTable.id == account.id
    )
    return as_record(row.to_dict(), Hold)


async def _by_reference(book: str, reference: str) -> Hold | None:
    rows = await LedgerHold.select().where(LedgerHold.book == book).where(LedgerHold.reference == reference)
    return as_record(rows[0], Hold) if rows else None


def _asked(posting: Posting, account: LedgerAccount) -> int:
    """What a posting takes from the account of a hold."""
    taken = sum(-line.signed * account.kind.sign for line in posting.lines if line.account == account.id)
    if taken <= 0:
        raise Invalid.at("lines", f"nothing is taken from {account.code}, on which the amount is held")
    return taken
