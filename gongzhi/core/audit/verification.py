"""Checking the chain line by line: the same walk over a database and over an exported file.

Memory does not grow with the log. What a walk collects is short: what is wrong, and who was erased.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gongzhi.core.audit.encoding import GENESIS, Line, Seal, hash_of
from gongzhi.core.audit.sealing import Head, written_at
from gongzhi.core.audit.signing import holds
from gongzhi.core.errors import Invalid

MOST = 100
"""What is listed of each kind of report; the rest is counted."""
OUT_OF_ORDER = timedelta(minutes=10)
"""Longer than any transaction takes: a line so much older than one sealed before it was added later, or a clock was
set."""
ERASE = "erase"
"""The action whose line allows that what tells of its record's person is gone."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that cannot be, or that should be looked at: `kind` is a key that stays the same."""

    kind: str
    message: str
    sequence: int | None = None
    line: str | None = None

    def __str__(self) -> str:
        place = f"line {self.sequence}" if self.sequence is not None else "line without a seal" if self.line else "log"
        return f"{place}: {self.message}" + (f" ({self.line})" if self.line else "")


class Report(msgspec.Struct, kw_only=True):
    """What was checked, and what was found. `wrong` is the number of findings, of which the first are listed."""

    first: int = 0
    lines: int = 0
    head: Head = Head(0, GENESIS)
    checkpoint: Head | None = None
    signed_until: int = 0
    erased: int = 0
    waiting: int = 0
    waiting_seconds: float = 0.0
    wrong: int = 0
    findings: list[Finding] = []
    warnings: list[Finding] = []

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    def add(self, kind: str, message: str, sequence: int | None = None, line: str | None = None) -> None:
        """Something is wrong."""
        self.wrong += 1
        if len(self.findings) < MOST:
            self.findings.append(Finding(kind=kind, message=message, sequence=sequence, line=line))

    def warn(self, kind: str, message: str, sequence: int | None = None, line: str | None = None) -> None:
        """Something should be looked at, and may have an innocent reason."""
        if len(self.warnings) < MOST:
            self.warnings.append(Finding(kind=kind, message=message, sequence=sequence, line=line))


def anchor(text: str) -> Head:
    """A head as it was printed, `1234:9f86d0…`.

    :raises Invalid: it is none.
    """
    number, _, digits = text.strip().partition(":")
    if not number.isdecimal() or len(digits) != len(GENESIS) or set(digits) - set("0123456789abcdef"):
        raise Invalid.at("head", f"{text[:80]!r} is no head", "write it as it was printed: 12:9f86…")
    return Head(int(number), digits)


class Walk:
    """Goes along the chain from after `start`; `finish` tells what was found."""

    def __init__(
        self, start: Head, anchors: Iterable[Head] = (), keys: Sequence[Ed25519PublicKey] = (), *, checkpoint: bool
    ) -> None:
        self.report = Report(first=start.sequence + 1, head=start, checkpoint=start if checkpoint else None)
        self.erased_people: dict[str, int] = {}
        self.erased_records: dict[str, int] = {}
        self.erasing: set[str] = set()
        """Records that a line says were erased."""
        self._previous: str | None = start.hash
        self._keys = keys
        self._anchors = {known.sequence: known.hash for known in anchors}
        self._latest: datetime | None = None
        if start.sequence in self._anchors:
            self._meet_anchor(start.sequence, start.hash)

    def step(self, seal: Seal, line: Line | None) -> None:
        """The next seal, with its line if that is there."""
        report, expected = self.report, self.report.head.sequence + 1
        if seal.sequence != expected:
            last = seal.sequence - 1
            which = f"lines {expected} to {last} are" if last > expected else f"line {expected} is"
            report.add("missing", f"{which} gone together with the seal", expected)
            self._previous = None
        if line is None:
            report.add("deleted", "its seal is there and the line is gone", seal.sequence, seal.entry)
        else:
            self._check(seal, line)
        self._check_signature(seal)
        self._meet_anchor(seal.sequence, seal.hash)
        report.lines += 1
        report.head = Head(seal.sequence, seal.hash)
        self._previous = seal.hash

    def finish(self) -> Report:
        """The report, when there are no more lines."""
        report = self.report
        for sequence in sorted(self._anchors):
            if sequence > report.head.sequence:
                report.add("cut", f"the chain ends at {report.head.sequence}, and once had a line {sequence}", sequence)
            else:
                report.warn("before", f"the chain begins at {report.first} now: this head cannot be compared", sequence)
        if self._keys and report.lines and report.signed_until < report.head.sequence:
            report.add("unsigned", "the end of the chain has no signature of these keys", report.head.sequence)
        return report

    def _check(self, seal: Seal, line: Line) -> None:
        report, previous = self.report, self._previous
        if line.record and line.fixed["action"] == ERASE:
            self.erasing.add(line.record)
        if (seal.entry, seal.log) != (line.id, line.log):
            report.add("swapped", "the seal is of another line", seal.sequence, line.id)
        elif previous is not None and seal.hash != hash_of(
            previous, seal.sequence, seal.sealed_at, line.fixed, seal.person, seal.state
        ):
            report.add("changed", "the line, its seal or the order is not what was sealed", seal.sequence, line.id)
        else:
            self._check_erasable(seal, line)
        self._check_order(seal, line)

    def _check_erasable(self, seal: Seal, line: Line) -> None:
        """The person and the salts are those that were sealed, or were taken out."""
        if seal.person != line.person:
            if line.erasable.nobody and line.actor is not None:
                self.report.erased += 1
                self.erased_people.setdefault(line.actor, seal.sequence)
            else:
                self.report.add("changed", "who did it, or from where, is not what was sealed", seal.sequence, line.id)
        if seal.state != line.state:
            if not line.erasable.record_salt and line.record:
                self.erased_records.setdefault(line.record, seal.sequence)
            else:
                self.report.add("changed", "the salt of its digests is not what was sealed", seal.sequence, line.id)

    def _check_order(self, seal: Seal, line: Line) -> None:
        written = written_at(line.id)
        if self._latest is not None and written < self._latest - OUT_OF_ORDER:
            late = self._latest - written
            message = f"it claims to be {late.total_seconds():.0f} s older than a line sealed before it"
            self.report.warn("late", message, seal.sequence, line.id)
        self._latest = written if self._latest is None else max(self._latest, written)

    def _check_signature(self, seal: Seal) -> None:
        if not self._keys or not seal.signature:
            return
        if holds(self._keys, seal.sequence, seal.hash, seal.signature):
            self.report.signed_until = seal.sequence
        else:
            self.report.add("forged", "its signature is of none of these keys", seal.sequence, seal.entry)

    def _meet_anchor(self, sequence: int, line_hash: str) -> None:
        known = self._anchors.pop(sequence, None)
        if known is not None and known != line_hash:
            self.report.add("rewritten", "the chain had another hash here when the head was noted", sequence)


def check_authority(walk: Walk, people: set[str], records: set[str], *, known_all: bool) -> None:
    """Who was taken out was erased by a line that says so; in a file, that line may stand before its beginning."""
    missing = [(f"Account:{who}", where) for who, where in walk.erased_people.items() if who not in people]
    missing += [(record, where) for record, where in walk.erased_records.items() if record not in records]
    for record, sequence in sorted(missing, key=lambda each: each[1]):
        message = f"what tells of {record} was taken out, and no line says who erased it"
        if known_all:
            walk.report.add("erased", message, sequence)
        else:
            walk.report.warn("erased", f"{message}; it may stand outside of this file", sequence)
