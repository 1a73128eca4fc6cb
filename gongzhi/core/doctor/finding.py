"""What a check finds."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

from gongzhi.core.errors import GongzhiError, Invalid


class Severity(StrEnum):
    """How bad it is: `error` stops something or loses something, `warning` soon will, `note` is to be known."""

    error = "error"
    warning = "warning"
    note = "note"
    good = "good"


class Finding(msgspec.Struct, frozen=True):
    """What one check found: what is so and what that means, and exactly what to do about it."""

    check: str
    severity: Severity
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f"\n{'':20}-> {self.remedy}" if self.remedy else ""
        return f"{self.severity:<8} {self.check:<10} {self.message}{remedy}"


Findings = Sequence[Finding]


class Checked:
    """Collects what one check finds."""

    def __init__(self, check: str) -> None:
        self._check = check
        self.found: list[Finding] = []

    def error(self, message: str, remedy: str) -> None:
        """Something is stopped or lost."""
        self.found.append(Finding(self._check, Severity.error, message, remedy))

    def warning(self, message: str, remedy: str) -> None:
        """Something will be."""
        self.found.append(Finding(self._check, Severity.warning, message, remedy))

    def note(self, message: str, remedy: str = "") -> None:
        """Something is to be known."""
        self.found.append(Finding(self._check, Severity.note, message, remedy))

    def refused(self, error: GongzhiError, remedy: str) -> None:
        """What was asked for was refused; each problem is an error, with a remedy of its own where it has one."""
        problems = error.problems if isinstance(error, Invalid) else ()
        for problem in problems:
            self.error(str(msgspec.structs.replace(problem, remedy=None)), problem.remedy or remedy)
        if not problems:
            self.error(error.message, remedy)

    def findings(self, good: str) -> Findings:
        """What was found; `good` is said when nothing is wrong."""
        wrong = any(each.severity in (Severity.error, Severity.warning) for each in self.found)
        return self.found if wrong else [Finding(self._check, Severity.good, good), *self.found]


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


Rows = list[dict[str, Any]]
