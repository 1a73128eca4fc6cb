"""Errors outside GraphQL, as problem details (RFC 9457)."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from gongzhi.core.errors import GongzhiError, Invalid, NotFound
from gongzhi.edge.telling import MEDIA_TYPE, problem
from gongzhi.graphql.errors import defect


def coded(_: Request[Any, Any, Any], error: GongzhiError, status: int | None = None) -> Response[bytes]:
    """A coded error with its code, what it means and what to do; `status` is given where it is not the error's own."""
    status = status or error.status
    return Response(problem(error, status), status_code=status, media_type=MEDIA_TYPE)


def other(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's own refusals by their status; anything else is a defect, of which only the reference is told."""
    if not isinstance(error, HTTPException) or error.status_code >= 500:
        return coded(request, defect(error))
    known: GongzhiError = NotFound("There is nothing at this address.")
    if error.status_code != 404:
        known = Invalid(error.detail)
    answer = coded(request, known, error.status_code)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer
