"""What lines of the audit log tell of."""

from enum import StrEnum


class AuditKind(StrEnum):
    """What a line tells of: a change, a refusal, or the reading of a confidential record."""

    change = "change"
    denial = "denial"
    reading = "reading"
