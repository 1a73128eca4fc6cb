"""From what was raised to what a client reads: the one place where errors become GraphQL errors.

Only coded errors and the language's own complaints reach a client. Anything else is logged whole under a reference
number, and the client gets the number: no driver text, no traceback, no path of the machine.
"""

import logging
import re
import secrets
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError

from gongzhi.core.errors import GongzhiError, Internal, Invalid

logger = logging.getLogger("gongzhi.graphql")

LONGEST_QUOTE = 200
"""Characters of a complaint that quotes the client's own literal."""
LONGEST_COMPLAINT = 1_000
"""Characters of any other one."""
_SNAKE = re.compile(r"_([a-z0-9])")


def formatted(errors: Iterable[GraphQLError], limit: int) -> list[dict[str, Any]]:
    """The errors as the answer lists them, at most `limit`; a last one says how many more there were."""
    found = list(errors)
    shown = [_one(error) for error in found[:limit]]
    if len(found) > limit:
        rest = len(found) - limit
        message = f"{rest} more errors are not listed; correct these first."
        shown.append({"message": message, "extensions": {"code": "LIMITED", "limit": "error_limit", "value": limit}})
    return shown


def refused(error: GongzhiError) -> list[dict[str, Any]]:
    """The list of errors of a request that was refused before it was executed."""
    return [{"message": error.message, "extensions": _extensions(error)}]


def _one(error: GraphQLError) -> dict[str, Any]:
    known = coded(error)
    answer: dict[str, Any] = {"message": known.message}
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        answer["path"] = error.path
    answer["extensions"] = _extensions(known)
    return answer


def coded(error: GraphQLError) -> GongzhiError:
    """The coded error behind a GraphQL error: a service's own, the language's as Invalid, a defect as Internal."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, GongzhiError):
        return cause if cause.code != "INTERNAL" else defect(cause)
    if cause is None or isinstance(cause, GraphQLError):
        return Invalid(_short(error.message))
    if error.path is None and isinstance(cause, ValueError | TypeError | OverflowError):
        return Invalid(_without_cause(error.message))
    return defect(cause)


def _short(message: str) -> str:
    """A complaint of the language; it may quote a name of a hundred thousand characters."""
    return message if len(message) <= LONGEST_COMPLAINT else f"{message[:LONGEST_COMPLAINT]}…"


def _without_cause(message: str) -> str:
    """A complaint about a literal or variable that Python could not read, without what Python said about it."""
    return f"{message.partition('; ')[0][:LONGEST_QUOTE]}."


def defect(cause: BaseException) -> Internal:
    """A defect of ours: logged with its traceback under a reference, which is all that the client gets."""
    reference = secrets.token_hex(6)
    logger.error("internal error %s", reference, exc_info=cause)
    return Internal(f"Something failed inside; the reference is {reference}.", details={"reference": reference})


def _extensions(error: GongzhiError) -> dict[str, Any]:
    found = dict(error.extensions())
    for problem in found.get("fields", ()):  # type: ignore[attr-defined]  # a list of problems where there is one
        if "field" in problem:
            problem["field"] = camel(problem["field"])
    return found


def camel(place: str) -> str:
    """A dotted place in the names that the client wrote: `content.name_en` becomes `content.nameEn`."""
    return _SNAKE.sub(lambda match: match[1].upper(), place)
