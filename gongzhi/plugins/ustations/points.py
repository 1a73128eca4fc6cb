"""The Love Bank's book: minutes become points by the rate of the day, points become rewards.

A volunteer's account is what the bank owes them. Points come from the account of what their community granted, each
entry naming the sign-up that earned it, and go to the account of what it gave for them.
"""

from datetime import date
from uuid import UUID

from gongzhi.api import NotFound, ancestors, label_of, ledger
from gongzhi.plugins.ustations.records import LoveBankRedemption, PointsLine, ShiftSignUp, Volunteer, VolunteerTransfer
from gongzhi.plugins.ustations.records import Points as PointsRecord
from gongzhi.plugins.ustations.tables import Rate

BOOK, UNIT = "love-bank", "points"
_HOUR = 60


def worth(minutes: int, rate: int) -> int:
    """The points that minutes are worth at points an hour: whole ones, what is left over is not counted."""
    return minutes * rate // _HOUR


async def rate_on(path: str, day: date) -> int:
    """Points an hour at a place on a day: the latest rate of the nearest place that has one, 0 where none has."""
    places = ancestors(path)
    rows = await Rate.select(Rate.path, Rate.valid_from, Rate.points_per_hour).where(
        Rate.path.is_in(places) & (Rate.valid_from <= day)
    )
    best = max(rows, key=lambda row: (len(row["path"]), row["valid_from"]), default=None)
    return int(best["points_per_hour"]) if best else 0


async def account_of(volunteer: Volunteer) -> ledger.LedgerAccount:
    """A volunteer's account, opened when it is first needed."""
    return await _account(f"volunteer:{volunteer.id}", label_of(volunteer), volunteer.path, "liability")


async def granted_at(path: str) -> ledger.LedgerAccount:
    """What a community granted."""
    return await _account(f"granted:{_word(path)}", f"Territory:{path}"[:100], path, "expense")


async def given_at(path: str) -> ledger.LedgerAccount:
    """What a community's stations gave rewards for."""
    return await _account(f"redeemed:{_word(path)}", f"Territory:{path}"[:100], path, "income")


async def credit(sign_up: ShiftSignUp, volunteer: Volunteer, points: int, actor: UUID | None) -> None:
    """Credit what a sign-up earned, once."""
    source = label_of(sign_up)
    granted, own = await granted_at(volunteer.path), await account_of(volunteer)
    lines = (ledger.debit(granted.id, points), ledger.credit(own.id, points))
    await ledger.post(
        ledger.Posting(book=BOOK, reference=source, lines=lines, memo="志愿服务", source=source, actor=actor)
    )


async def reserve(volunteer: Volunteer, cost: int, redemption: UUID, actor: UUID | None) -> UUID:
    """Set points apart for a redemption; answers the hold.

    :raises Conflict: fewer are available.
    """
    source = f"{LoveBankRedemption.__name__}:{redemption}"
    own = await account_of(volunteer)
    held = await ledger.hold(ledger.Reserve(account=own.id, amount=cost, reference=source, source=source, actor=actor))
    return held.id


async def spend(redemption: LoveBankRedemption, volunteer: Volunteer, actor: UUID | None) -> None:
    """Take what was set apart."""
    source = label_of(redemption)
    own, given = await account_of(volunteer), await given_at(volunteer.path)
    lines = (ledger.debit(own.id, redemption.cost), ledger.credit(given.id, redemption.cost))
    await ledger.spend_hold(
        redemption.hold,
        ledger.Posting(book=BOOK, reference=source, lines=lines, memo="积分兑换", source=source, actor=actor),
    )


async def release(redemption: LoveBankRedemption) -> None:
    """Give back what was set apart."""
    await ledger.release_hold(redemption.hold)


async def move(volunteer: Volunteer, path: str, points: int, transfer: UUID, actor: UUID | None) -> None:
    """Let another community owe a volunteer's points."""
    own = await account_of(volunteer)
    if points:
        source = f"{VolunteerTransfer.__name__}:{transfer}"
        here, there = await granted_at(volunteer.path), await granted_at(path)
        lines = (ledger.debit(there.id, points), ledger.credit(here.id, points))
        await ledger.post(
            ledger.Posting(book=BOOK, reference=source, lines=lines, memo="社区转移", source=source, actor=actor)
        )
    await ledger.move_account(own.id, path)


async def statement(volunteer: Volunteer, first: date, last: date) -> PointsRecord:
    """A volunteer's points, and the lines of a period, both days within."""
    try:
        own = await ledger.find_account(BOOK, f"volunteer:{volunteer.id}")
    except NotFound:  # nothing was earned yet, and reading opens no account
        return PointsRecord(0, 0, ())
    found = await ledger.statement(own.id, first, last)
    lines = tuple(PointsLine(each.day, each.memo, each.source, each.amount, each.balance) for each in found.lines)
    return PointsRecord(own.balance, own.held, lines)


async def _account(code: str, owner: str, path: str, kind: str) -> ledger.LedgerAccount:
    return await ledger.open_account(
        ledger.OpenAccount(book=BOOK, code=code, owner=owner, path=path, unit=UNIT, kind=ledger.AccountKind(kind))
    )


def _word(path: str) -> str:
    return path.strip("/").replace("/", ".")
