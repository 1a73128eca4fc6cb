"""Errors told from outside of Litestar: as problem details (RFC 9457), in two messages."""

from typing import Any

import msgspec

from gongzhi.core.errors import GongzhiError


async def tell(send: Any, error: GongzhiError, status: int | None = None) -> None:
    """Answer a request with a coded error; `status` is given where it is not the error's own."""
    status = status or error.status
    told = {"title": error.meaning, "status": status, "detail": error.message, "remedy": error.remedy}
    body = msgspec.json.encode({**told, **error.extensions()})
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
