"""What a seal covers, byte for byte: the form in which lines are hashed, exported and checked by others.

    hash = SHA-256 of {"chain", "line", "person", "previous", "sealed_at", "sequence", "state"}

as JSON in UTF-8, keys sorted, without white space, escaped only where JSON asks for it. `line` is the line without what
can be erased; `person` and `state` are digests that stand for that. docs/audit.md has the same in words, and a program
of twenty lines in the standard library that checks an export.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

CHAIN = "gongzhi-audit-1"
"""Names the encoding within every hash; another encoding gets another name."""
GENESIS = "0" * 64
"""What the first line has for the hash before it."""
ERASED = "erased"
"""What stands for the label of a person who was erased."""
CHANGE, DECISION = "change", "decision"
"""The two logs: what was changed; what was refused, or read in confidence."""

_CHANGE = ("action", "resource", "path", "record", "before_digest", "after_digest", "changed", "decision", "result")
_DECISION = ("action", "resource", "path", "record", "relations", "allowed", "rule", "revision", "reason")


class Erasable(msgspec.Struct, frozen=True):
    """What of a line tells of a person: who, from which address, and the salts of digests."""

    label: str = ""
    source: str = ""
    salt: str = ""
    record_salt: str = ""

    @property
    def nobody(self) -> bool:
        """Whether who did it, and from where, was taken out."""
        return (self.label, self.source, self.salt) == (ERASED, "", "")


class Line(msgspec.Struct, frozen=True):
    """A line of either log. `fixed` is what is hashed as it stands; `actor` is the account's id."""

    id: str
    log: str
    fixed: Mapping[str, Any]
    erasable: Erasable

    @property
    def actor(self) -> str | None:
        """The account that did it, None for nobody or the system."""
        found: str | None = self.fixed["actor"]
        return found

    @property
    def record(self) -> str:
        """The record that it is about, as `Type:id`."""
        return str(self.fixed["record"])

    @property
    def person(self) -> str:
        """Stands for the label and the address."""
        return _sha256(encoded(["person", self.erasable.salt, self.erasable.label, self.erasable.source]))

    @property
    def state(self) -> str:
        """Stands for the salt of the record's digests."""
        return _sha256(encoded(["state", self.erasable.record_salt])) if self.log == CHANGE else ""


class Seal(msgspec.Struct, frozen=True):
    """A seal, as it is stored and exported."""

    sequence: int
    entry: str
    log: str
    person: str
    state: str
    sealed_at: str
    hash: str
    signature: str = ""


def line_of(log: str, row: Mapping[str, Any]) -> Line:
    """A row of `audit_entry` or `decision_entry` as it is hashed."""
    change = log == CHANGE
    who = "actor" if change else "account"
    fixed = {
        "id": str(row["id"]),
        "log": log,
        "at": moment(row["at"]),
        "actor": _text(row[who]),
        "acting_for": _text(row["acting_for"]),
        **{name: row[name] for name in (_CHANGE if change else _DECISION)},
    }
    if not change:
        fixed["allowed"] = bool(fixed["allowed"])
    erasable = Erasable(
        label=row[f"{who}_label"],
        source=row["source"],
        salt=row[f"{who}_salt"],
        record_salt=row["record_salt"] if change else "",
    )
    return Line(fixed["id"], log, fixed, erasable)


def hash_of(previous: str, sequence: int, sealed_at: str, fixed: Mapping[str, Any], person: str, state: str) -> str:
    """The hash of one line of the chain, in hexadecimal digits."""
    whole = {
        "chain": CHAIN,
        "line": fixed,
        "person": person,
        "previous": previous,
        "sealed_at": sealed_at,
        "sequence": sequence,
        "state": state,
    }
    return _sha256(encoded(whole))


def state_digest(state: Mapping[str, Any], salt: str) -> str:
    """HMAC-SHA256 of a record's fields in the order of their names; without the salt nobody can try values."""
    plain = msgspec.json.encode(dict(state), order="deterministic")
    return hmac.digest(salt.encode(), plain, "sha256").hex()


def encoded(value: Any) -> bytes:
    """Canonical JSON."""
    return msgspec.json.encode(value, order="sorted")


def moment(at: datetime) -> str:
    """A moment in UTC to the microsecond: `2015-06-01T04:00:00.000000+00:00`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(value: UUID | str | None) -> str | None:
    return None if value is None else str(value)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
