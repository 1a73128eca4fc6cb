"""Opening, finding, locking, moving and closing accounts."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from gongzhi.core import clock, db
from gongzhi.core.errors import Conflict, NotFound
from gongzhi.core.fields import checked
from gongzhi.core.ledger.commands import OpenAccount
from gongzhi.core.ledger.records import Balance, LedgerAccount
from gongzhi.core.ledger.tables import LedgerAccount as AccountTable
from gongzhi.core.records import as_record, fetch
from gongzhi.core.territory import path as paths
from gongzhi.core.territory.service import path_clause

T = TypeVar("T")
_FIXED = ("owner", "unit", "kind", "purpose", "may_overdraw")
"""What an account is, for ever. Its path is where its owner is now."""


async def in_transaction(work: Callable[[], Awaitable[T]]) -> T:
    """Run as a part of the caller's transaction, else in one of its own.

    Its own is "read committed": the ledger reads nothing that it depends on before it has locked the accounts, so those
    who post to one account at the same time wait for each other, and none of them needs to begin again.
    """
    return await db.current().run_in_transaction(work, isolation="read committed")


async def open_account(command: OpenAccount) -> LedgerAccount:
    """Open an account, or answer the one that was opened so before, wherever it is now. Two statements.

    :raises Conflict: the book has an account of this code that is another one.
    :raises Invalid: a field is out of bounds.
    """
    command = checked(command)
    paths.parse(command.path)

    async def work() -> LedgerAccount:
        values = {name: getattr(value, "value", value) for name, value in msgspec.structs.asdict(command).items()}
        row = AccountTable(**values, opened_at=clock.now())
        await AccountTable.insert(row).on_conflict(target=(AccountTable.book, AccountTable.code), action="DO NOTHING")
        found = await find_account(command.book, command.code)
        differing = [name for name in _FIXED if getattr(found, name) != getattr(command, name)]
        if differing:
            raise Conflict(
                f"{command.book} has another account {command.code}, which differs in {', '.join(differing)}; "
                "choose another code",
                details={"account": command.code, "differing": differing},
            )
        return found

    return await in_transaction(work)


async def find_account(book: str, code: str) -> LedgerAccount:
    """The account of a code.

    :raises NotFound: the book has none.
    """
    rows = await AccountTable.select().where(AccountTable.book == book).where(AccountTable.code == code).limit(1)
    if not rows:
        raise NotFound(f"there is no account {code[:160]!r} in {book[:64]}")
    return as_record(rows[0], LedgerAccount)


async def accounts(
    book: str | None = None,
    *,
    owner: str | None = None,
    within: str | None = None,
    ids: Iterable[UUID] | None = None,
) -> list[LedgerAccount]:
    """The accounts that meet every condition, by book and code: of a book, an owner's, at or below a path, of ids."""
    query = AccountTable.select().order_by(AccountTable.book).order_by(AccountTable.code)
    if book is not None:
        query = query.where(AccountTable.book == book)
    if owner is not None:
        query = query.where(AccountTable.owner == owner)
    if within is not None:
        query = query.where(path_clause(AccountTable.path, within))
    if ids is not None:
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return []
        query = query.where(AccountTable.id.is_in(wanted))
    return [as_record(row, LedgerAccount) for row in await query]


async def balance(account: UUID) -> Balance:
    """What an account has at this moment.

    :raises NotFound: there is no such account.
    """
    row = await fetch(AccountTable, AccountTable.id, account, "ledger account")
    return as_record(row, Balance)


async def move_account(account: UUID, path: str) -> LedgerAccount:
    """Let an account follow its owner to another place; its entries, and where they were made, stay as they are.

    :raises NotFound: there is no such account. Invalid for what is no path.
    """
    return await _change(account, {AccountTable.path: paths.parse(path)})


async def close_account(account: UUID) -> LedgerAccount:
    """Close an empty account: nothing is posted to it any more. Closing it twice changes nothing.

    :raises Conflict: it has a balance, or something is held on it.
    :raises NotFound: there is no such account.
    """

    async def work() -> LedgerAccount:
        found = (await lock([account]))[account]
        if found.closed_at is not None:
            return found
        if found.balance or found.held:
            raise Conflict(
                f"account {found.code} has {found.balance} {found.unit}, of which {found.held} are held; "
                "post them elsewhere before it is closed",
                details={"account": found.code, "balance": found.balance, "held": found.held},
            )
        return await _change(account, {AccountTable.closed_at: clock.now()})

    return await in_transaction(work)


async def lock(wanted: Iterable[UUID]) -> dict[UUID, LedgerAccount]:
    """These accounts as they are once nobody else can change them, until this transaction ends. One statement.

    They are locked in the order of their ids, so that two who lock several do not wait for each other in a circle. On
    SQLite only one transaction writes, and nothing needs to be locked.

    :raises NotFound: one of them does not exist.
    """
    keys = list(dict.fromkeys(wanted))
    # Written out, for Piccolo takes longer to write it than the database to answer.
    marks, ending = ", ".join(["{}"] * len(keys)), "" if db.current().dialect == "sqlite" else " FOR NO KEY UPDATE"
    rows = await AccountTable.raw(
        f"SELECT * FROM ledger_account WHERE id IN ({marks}) ORDER BY id{ending}",  # noqa: S608  # placeholders alone
        *keys,
    )
    found = {row["id"]: as_record(row, LedgerAccount) for row in rows}
    for key in keys:
        if key not in found:
            raise NotFound(f"there is no ledger account {str(key)!r}")
    return found


async def _change(account: UUID, values: dict[Any, Any]) -> LedgerAccount:
    async def work() -> LedgerAccount:
        await AccountTable.update(values).where(AccountTable.id == account)
        return as_record(await fetch(AccountTable, AccountTable.id, account, "ledger account"), LedgerAccount)

    return await in_transaction(work)
