"""Collecting what is wrong with a file, so that everything is reported at once."""

from typing import Any

import msgspec

from gongzhi.core.catalogue.formats.limits import MAX_PROBLEMS
from gongzhi.core.errors import Invalid, Problem


class Problems:
    """The problems of one file, in the order of reading."""

    def __init__(self, file: str | None, sheet: str | None = None) -> None:
        self.file = file
        self.sheet = sheet
        self.found: list[Problem] = []
        self.count = 0

    def add(self, message: str, **place: Any) -> None:
        """One more; `place` is what Problem takes beside the message. The file and sheet are filled in."""
        self.count += 1
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(message=message, file=self.file, sheet=self.sheet, **place))

    def raise_any(self) -> None:
        """Invalid with all of them, if there are any."""
        if not self.count:
            return
        listed = list(self.found)
        if self.count > len(listed):
            rest = f"there are {self.count - len(listed)} further problems"
            listed.append(Problem(message=rest, file=self.file, remedy="correct these first and import again"))
        noun = "problem" if self.count == 1 else "problems"
        raise Invalid(f"{self.file or 'the file'} has {self.count} {noun}; nothing was imported", listed)


def refusal(message: str, remedy: str, file: str | None, **place: Any) -> Invalid:
    """The one problem that keeps a file from being read at all."""
    problem = Problem(message=message, remedy=remedy, file=file, **place)
    return Invalid(str(problem), [problem])


def complaint(error: msgspec.ValidationError) -> str:
    """What msgspec found wrong, without its internal path: an office clerk sees the row and the column instead."""
    return str(error).partition(" - at `$")[0]
