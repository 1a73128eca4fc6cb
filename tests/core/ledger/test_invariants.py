"""Whatever is posted, reversed, held, spent and released in whatever order, a book adds up as a model says."""

from collections.abc import Awaitable, Callable
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.core import clock, ledger
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, GongzhiError
from gongzhi.core.ledger import (  # fmt: skip
    AccountKind,
    Entry,
    Hold,
    HoldState,
    OpenAccount,
    Posting,
    Reserve,
    Reversal,
    credit,
    debit,
)

BOOKS = count()
KINDS = (*AccountKind, AccountKind.liability)
"""One account of each kind, and a liability more that may be overdrawn."""
LAST = len(KINDS) - 1

index = st.integers(0, LAST)
amounts = st.integers(1, 40)
days = st.integers(1, 28).map(lambda day: date(2015, 6, day))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("post"), index, index, amounts, days),
        st.tuples(st.just("repeat"), st.integers(0, 30)),
        st.tuples(st.just("reverse"), st.integers(0, 30)),
        st.tuples(st.just("hold"), index, amounts),
        st.tuples(st.just("spend"), st.integers(0, 10), index, amounts, days),
        st.tuples(st.just("release"), st.integers(0, 10)),
    ),
    min_size=1,
    max_size=25,
)


class Model:
    """What each account must have, and of each step whether it must be allowed."""

    def __init__(self, book: str, accounts: list[UUID]) -> None:
        self.book = book
        self.accounts = accounts
        self.balance = [0] * len(KINDS)
        self.held = [0] * len(KINDS)
        self.entries: list[tuple[Posting, Entry]] = []
        self.reversed: set[UUID] = set()
        self.holds: list[tuple[int, int, Hold]] = []
        """Account, what is left, the hold."""
        self.number = count()

    def reference(self) -> str:
        return f"{next(self.number)}"

    def posting(self, left: int, right: int, amount: int, day: date) -> Posting:
        lines = (debit(self.accounts[left], amount), credit(self.accounts[right], amount))
        return Posting(book=self.book, reference=self.reference(), lines=lines, day=day)

    def deltas(self, posting: Posting) -> dict[int, int]:
        found = {self.accounts.index(line.account): line.signed for line in posting.lines}
        return {place: amount * KINDS[place].sign for place, amount in found.items()}

    def allows(self, deltas: dict[int, int], freed: int = 0) -> bool:
        return all(
            delta > 0 or place == LAST or self.balance[place] + delta >= self.held[place] - freed
            for place, delta in deltas.items()
        )

    def move(self, deltas: dict[int, int]) -> None:
        for place, delta in deltas.items():
            self.balance[place] += delta


async def tried(work: Any) -> Any:
    """The answer, or the refusal."""
    try:
        return await work
    except GongzhiError as error:
        return error


async def post(model: Model, left: int, right: int, amount: int, day: date) -> None:
    if left == right:
        return
    wanted = model.posting(left, right, amount, day)
    answer = await tried(ledger.post(wanted))
    allowed = model.allows(model.deltas(wanted))
    assert isinstance(answer, Entry if allowed else Conflict)
    if allowed:
        model.move(model.deltas(wanted))
        model.entries.append((wanted, answer))


async def repeat(model: Model, which: int) -> None:
    if model.entries:
        wanted, made = model.entries[which % len(model.entries)]
        if made.hold is None:
            assert await ledger.post(wanted) == made


async def reverse(model: Model, which: int) -> None:
    if not model.entries:
        return
    wanted, made = model.entries[which % len(model.entries)]
    opposite = {place: -delta for place, delta in model.deltas(wanted).items()}
    answer = await tried(ledger.reverse(Reversal(entry=made.id, reference=model.reference())))
    allowed = made.id not in model.reversed and model.allows(opposite)
    assert isinstance(answer, Entry if allowed else Conflict)
    if allowed:
        model.move(opposite)
        model.reversed.add(made.id)


async def hold(model: Model, place: int, amount: int) -> None:
    wanted = Reserve(account=model.accounts[place], amount=amount, reference=model.reference())
    answer = await tried(ledger.hold(wanted))
    allowed = model.allows({place: -amount})
    assert isinstance(answer, Hold if allowed else Conflict)
    if allowed:
        model.held[place] += amount
        model.holds.append((place, amount, answer))


async def spend(model: Model, which: int, other: int, amount: int, day: date) -> None:
    if not model.holds:
        return
    which %= len(model.holds)
    place, rest, held = model.holds[which]
    if other == place:
        return
    sides = (other, place) if KINDS[place].sign == 1 else (place, other)
    wanted = model.posting(*sides, amount, day)
    answer = await tried(ledger.spend_hold(held.id, wanted))
    allowed = amount <= rest and model.allows({at: delta for at, delta in model.deltas(wanted).items() if at != place})
    assert isinstance(answer, Entry if allowed else Conflict)
    if allowed:
        model.move(model.deltas(wanted))
        model.held[place] -= amount
        model.holds[which] = (place, rest - amount, held)
        model.entries.append((wanted, answer))


async def release(model: Model, which: int) -> None:
    if not model.holds:
        return
    which %= len(model.holds)
    place, rest, held = model.holds[which]
    spent = (await ledger.find_hold(held.id)).state is HoldState.spent
    answer = await tried(ledger.release_hold(held.id))
    assert isinstance(answer, Conflict if spent else Hold)
    model.held[place] -= rest
    model.holds[which] = (place, 0, held)


STEPS: dict[str, Callable[..., Awaitable[None]]] = {
    "post": post,
    "repeat": repeat,
    "reverse": reverse,
    "hold": hold,
    "spend": spend,
    "release": release,
}


async def opened() -> Model:
    book = f"book-{next(BOOKS)}"
    accounts = []
    for number, kind in enumerate(KINDS):
        command = OpenAccount(
            book=book, code=f"{number}", owner="T:1", path="/t", unit="fen", kind=kind, may_overdraw=number == LAST
        )
        accounts.append((await ledger.open_account(command)).id)
    return Model(book, accounts)


async def compare(model: Model) -> None:
    found = [await ledger.balance(account) for account in model.accounts]
    assert [each.balance for each in found] == model.balance
    assert [each.held for each in found] == model.held
    assert all(0 <= each.held <= each.balance for each in found[:LAST])
    assert sum(kind.sign * amount for kind, amount in zip(KINDS, model.balance, strict=True)) == 0
    assert await ledger.verify(model.book) == []
    (trial,) = await ledger.trial_balance(model.book)
    assert trial.debits == trial.credits
    for account, now in zip(model.accounts, model.balance, strict=True):
        stated = await ledger.statement(account, date(2015, 6, 1), clock.today())
        assert (stated.opening, stated.closing) == (0, now)
        assert [line.balance for line in stated.lines][-1:] in ([], [now])
        half = await ledger.statement(account, date(2015, 6, 15), clock.today())
        assert half.opening == await ledger.balance_as_of(account, date(2015, 6, 14))
        assert half.opening + half.incoming - half.outgoing == half.closing == now


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=steps)
async def test_a_book_adds_up_after_whatever_happened(database: Database, sequence: list[tuple[Any, ...]]) -> None:
    model = await opened()
    for name, *values in sequence:
        await STEPS[name](model, *values)
    await compare(model)
