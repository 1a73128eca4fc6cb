"""The sealed log as JSON Lines, which somebody without the database can check: a header, the lines, a trailer."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gongzhi.core import clock
from gongzhi.core.audit.encoding import CHAIN, GENESIS, Erasable, Line, Seal, encoded, moment
from gongzhi.core.audit.sealing import Head, backlog
from gongzhi.core.audit.stored import checkpoint, sealed_lines
from gongzhi.core.audit.tables import AuditSeal
from gongzhi.core.audit.verification import Report, Walk, check_authority
from gongzhi.core.errors import Invalid, NotFound


class Period(msgspec.Struct, frozen=True):
    """Which lines: those that were sealed from a moment on, and before another one."""

    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Period()


async def exported(period: Period = EVERYTHING, *, personal: bool = True) -> AsyncIterator[bytes]:
    """The lines of the file, each with its line end. Lines that are not sealed yet are counted in the trailer.

    `personal` False leaves out what can be erased; what is left can be checked all the same.

    :raises NotFound: no sealed line is of that period.
    """
    first, last = await _range(period)
    pruned = await checkpoint()
    previous = await _hash_before(first)
    header = {"chain": CHAIN, "from": first, "previous": previous, "exported_at": moment(clock.now())}
    yield _line({"header": {**header, "checkpoint": pruned is not None and pruned.sequence == first - 1}})
    end = Head(first - 1, previous)
    async for page in sealed_lines(first - 1, last):
        for seal, line in page:
            if line is None:
                raise Invalid(f"Line {seal.sequence} of the audit log is gone; run `gongzhi audit verify`.")
            yield _line(_exported(end.hash, seal, line, personal=personal))
            end = Head(seal.sequence, seal.hash)
    waiting = (await backlog()).lines
    yield _line({"trailer": {"head": str(end), "lines": end.sequence - first + 1, "not_sealed_yet": waiting}})


async def _range(period: Period) -> tuple[int, int]:
    ends = [await _end(period, first=first) for first in (True, False)]
    if not all(ends):
        raise NotFound("No line of the audit log was sealed in that period.")
    return ends[0], ends[1]


async def _end(period: Period, *, first: bool) -> int:
    """The first or last number of a period, 0 if it has none."""
    table = AuditSeal
    wanted = table.select(table.sequence).order_by(table.sequence, ascending=first).limit(1)
    if period.since is not None:
        wanted = wanted.where(table.sealed_at >= period.since)
    if period.until is not None:
        wanted = wanted.where(table.sealed_at < period.until)
    rows = await wanted
    return int(rows[0]["sequence"]) if rows else 0


async def _hash_before(first: int) -> str:
    rows = await AuditSeal.select(AuditSeal.hash).where(AuditSeal.sequence == first - 1).limit(1)
    if rows:
        return str(rows[0]["hash"])
    pruned = await checkpoint()
    return pruned.hash if pruned is not None else GENESIS


def _exported(previous: str, seal: Seal, line: Line, *, personal: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "chain": CHAIN,
        "sequence": seal.sequence,
        "previous": previous,
        "sealed_at": seal.sealed_at,
        "line": dict(line.fixed),
        "person": seal.person,
        "state": seal.state,
        "hash": seal.hash,
        "signature": seal.signature,
    }
    if personal:
        shown["erasable"] = msgspec.structs.asdict(line.erasable)
    return shown


def _line(value: Mapping[str, Any]) -> bytes:
    return encoded(value) + b"\n"


def verify_file(lines: Iterable[bytes], anchors: Iterable[Head] = (), keys: Sequence[Ed25519PublicKey] = ()) -> Report:
    """Check an exported file, without a database.

    :raises Invalid: it is no such file; the message names the line.
    """
    walk: Walk | None = None
    trailer: Mapping[str, Any] | None = None
    for number, text in enumerate(lines, start=1):
        value = _read(text, number)
        if walk is None:
            walk = _begun(value, anchors, keys)
        elif "trailer" in value:
            trailer = value["trailer"]
        else:
            _step(walk, value, number)
    if walk is None:
        raise Invalid("The file is empty: it is no export of the audit log.")
    _check_trailer(walk, trailer)
    people = {who for who in walk.erased_people if f"Account:{who}" in walk.erasing}
    check_authority(walk, people, walk.erasing, known_all=False)
    return walk.finish()


def _read(text: bytes, number: int) -> Mapping[str, Any]:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise Invalid(f"Line {number} of the file is no JSON; export it again.") from error
    if not isinstance(value, dict):
        raise Invalid(f"Line {number} of the file is no line of an export; export it again.")
    return value


def _begun(value: Mapping[str, Any], anchors: Iterable[Head], keys: Sequence[Ed25519PublicKey]) -> Walk:
    header = value.get("header")
    if not isinstance(header, dict) or header.get("chain") != CHAIN:
        raise Invalid(f"The file does not begin with the header of {CHAIN}; write it with `gongzhi audit export`.")
    try:
        start = Head(int(header["from"]) - 1, str(header["previous"]))
    except (KeyError, ValueError) as error:
        raise Invalid("The header of the file does not say where it begins; export it again.") from error
    return Walk(start, anchors, keys, checkpoint=bool(header.get("checkpoint")))


class _Exported(msgspec.Struct):
    """One line of the file, as far as its parts have their types."""

    sequence: int
    previous: str
    sealed_at: str
    line: dict[str, Any]
    person: str
    state: str
    hash: str
    signature: str = ""
    erasable: Erasable | None = None


def _step(walk: Walk, value: Mapping[str, Any], number: int) -> None:
    try:
        found = msgspec.convert(value, _Exported)
        entry, log = str(found.line["id"]), str(found.line["log"])
        given = None if found.erasable else (found.person, found.state)
        line = _Shown(entry, log, found.line, found.erasable or Erasable(), given)
        _check_parts(entry, line.actor, line.record, line.fixed["action"])
    except (msgspec.ValidationError, KeyError) as error:
        raise Invalid(f"Line {number} of the file lacks a part of a sealed line; export it again.") from error
    seal = Seal(found.sequence, entry, log, found.person, found.state, found.sealed_at, found.hash, found.signature)
    walk.step(seal, line)


def _check_parts(line: str, *_: object) -> None:
    """The line is named by a UUID; that its other parts are there was seen when they were passed.

    :raises KeyError: it is not.
    """
    try:
        UUID(line)
    except ValueError as error:
        raise KeyError(line) from error


class _Shown(Line, frozen=True):
    """A line of a file; where the file was written without personal data, the digests stand for it."""

    given: tuple[str, str] | None = None

    @property
    def person(self) -> str:
        """As in the file, or computed."""
        return self.given[0] if self.given else super().person

    @property
    def state(self) -> str:
        """As in the file, or computed."""
        return self.given[1] if self.given else super().state


def _check_trailer(walk: Walk, trailer: Mapping[str, Any] | None) -> None:
    if trailer is None:
        walk.report.add("cut", "the file has no trailer: its end is missing")
    elif trailer.get("head") != str(walk.report.head):
        walk.report.add("cut", f"the file ends at {walk.report.head.sequence}, and not where its trailer says")
