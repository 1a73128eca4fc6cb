"""Every refusal that gongzhi can give, in one tree.

    GongzhiError
    ├── Unauthenticated      who are you? (missing, expired or unknown token)
    ├── Forbidden            you are known, and may not
    ├── NotFound             no such record, or none that you may see
    ├── Invalid              the input is wrong; `problems` names each place
    │   └── IllegalTransition    the record's state does not allow this step
    ├── Conflict             somebody else changed or claimed it first
    │   └── IdempotencyMismatch  the same key with another request
    ├── Limited              a limit was reached; says which and its value
    ├── Unavailable          a part that is needed does not answer now
    └── Internal             our fault; carries a reference number for the log

A service raises one of these; `gongzhi.graphql.errors` and `gongzhi.app` translate it in one place each. The class
attributes are the declaration from which the documentation and the HTTP statuses are derived.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import msgspec


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong with an input, and where it stands.

    `field` is a dotted path into the input (`items.3.code`); `file`, `sheet`, `row` and `column` place it in a
    document, counted from 1 as an editor or a spreadsheet shows them. `remedy` says what to write instead, if known.
    """

    message: str
    field: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        """`place: message (remedy)`, the place only as far as it is known."""
        place = ":".join(str(part) for part in (self.file, self.sheet, self.row, self.column) if part is not None)
        head = ": ".join(part for part in (place, self.field) if part)
        tail = f" ({self.remedy})" if self.remedy else ""
        return f"{head}: {self.message}{tail}" if head else f"{self.message}{tail}"


class GongzhiError(Exception):
    """The root: a coded refusal with a message that may be shown to the caller."""

    code: ClassVar[str] = "INTERNAL"
    status: ClassVar[int] = 500
    meaning: ClassVar[str] = "Something failed inside."
    remedy: ClassVar[str] = "Try again; report the reference number if it happens again."

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, object] = details or {}

    def extensions(self) -> dict[str, object]:
        """The machine-readable part of the answer: `code` and whatever the class adds."""
        return {"code": self.code, **self.details}


class Unauthenticated(GongzhiError):
    """No token, or one that cannot be accepted."""

    code = "UNAUTHENTICATED"
    status = 401
    meaning = "The request carries no token where one is needed, or one that is expired, malformed or not trusted."
    remedy = "Sign in again and send the new token as `Authorization: Bearer …`."


class Forbidden(GongzhiError):
    """The caller is known and the policy does not allow this."""

    code = "FORBIDDEN"
    status = 403
    meaning = "The policy does not allow this action on this resource at this place."
    remedy = "Ask an administrator of that territory; `explainPermission` names the nearest rule that would allow it."


class NotFound(GongzhiError):
    """No such record among those that the caller may see."""

    code = "NOT_FOUND"
    status = 404
    meaning = "There is no such record, or none that you may see."
    remedy = "Check the id, code or path; list the records that are visible to you."


class Invalid(GongzhiError):
    """The input is wrong. All problems are reported together."""

    code = "INVALID"
    status = 400
    meaning = "The input is wrong; `fields` lists every problem with its place."
    remedy = "Correct the places named in `fields` and send it again; nothing was changed."

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def extensions(self) -> dict[str, object]:
        """`code` and `fields`, one entry a problem."""
        return {**super().extensions(), "fields": [msgspec.to_builtins(problem) for problem in self.problems]}

    @classmethod
    def at(cls, field: str, message: str, remedy: str | None = None) -> "Invalid":
        """One problem in one field."""
        problem = Problem(message=message, field=field, remedy=remedy)
        return cls(str(problem), [problem])


class IllegalTransition(Invalid):
    """The step is not possible from the record's present state."""

    code = "ILLEGAL_TRANSITION"
    status = 409
    meaning = "The record's present state does not allow this step; `allowed` lists the steps that it does allow."
    remedy = "Load the record again and choose one of the allowed steps."

    def __init__(self, message: str, *, state: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.details = {"state": state, "allowed": sorted(allowed)}


class Conflict(GongzhiError):
    """Somebody else was first: a stale version, or a name that is taken."""

    code = "CONFLICT"
    status = 409
    meaning = "The record changed since you loaded it, or what you claim is taken."
    remedy = "Load it again, look at what changed, and repeat the change on the new version."


class IdempotencyMismatch(Conflict):
    """An idempotency key was used before for a different request."""

    code = "IDEMPOTENCY_MISMATCH"
    status = 422
    meaning = "This Idempotency-Key was used before, with another request."
    remedy = "Use a new key for a new request."


class Limited(GongzhiError):
    """A limit was reached; `limit` names the setting, `value` its value, `actual` what was asked for."""

    code = "LIMITED"
    status = 429
    meaning = "The request is larger, deeper, costlier or more frequent than a limit allows."
    remedy = "Ask for less at once, or later; `limit` names the limit and `value` its value."

    def __init__(self, message: str, *, limit: str, value: int | float, actual: int | float | None = None) -> None:
        super().__init__(
            message, details={"limit": limit, "value": value} | ({} if actual is None else {"actual": actual})
        )


class Unavailable(GongzhiError):
    """A part that is needed, mostly the database, does not answer now."""

    code = "UNAVAILABLE"
    status = 503
    meaning = "A part that is needed (mostly the database) does not answer now."
    remedy = (
        "Try again in a moment; nothing of this request took effect, unless `outcome` says `done`, or `unknown`: "
        "then look first."
    )


class Internal(GongzhiError):
    """A defect of ours. The message shows a reference, never the cause."""

    code = "INTERNAL"
    status = 500


def all_errors() -> list[type[GongzhiError]]:
    """Every class of the tree with a code of its own, in the order of the drawing."""
    found: list[type[GongzhiError]] = []
    stack = [GongzhiError]
    while stack:
        current = stack.pop()
        if current is not GongzhiError and current not in found and "code" in vars(current):
            found.append(current)
        stack.extend(reversed(current.__subclasses__()))
    return found
