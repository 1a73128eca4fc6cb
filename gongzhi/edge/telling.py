"""Coded errors as problem details (RFC 9457): their body, and a whole answer from outside of Litestar."""

from typing import Any, Final

import msgspec

from gongzhi.core.errors import GongzhiError

MEDIA_TYPE: Final = "application/problem+json"


def problem(error: GongzhiError, status: int) -> bytes:
    """The body: the code, what it means and what to do."""
    told = {"title": error.meaning, "status": status, "detail": error.message, "remedy": error.remedy}
    return msgspec.json.encode({**told, **error.extensions()})


async def tell(send: Any, error: GongzhiError, status: int | None = None) -> None:
    """Answer a request with a coded error; `status` is given where it is not the error's own."""
    status = status or error.status
    body = problem(error, status)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
