"""A request's body, read no further than a limit."""

from typing import Any

from litestar import Request
from litestar.exceptions import ClientException

from gongzhi.core.errors import Invalid, Limited

REST_BYTES = 8_000_000
"""Of a body that is too large so much is still taken and thrown away: a client that is cut off while it sends would
see a broken connection instead of the refusal."""


async def read_body(request: Request[Any, Any, Any], limit: int) -> bytes:
    """The whole body.

    :raises Limited: it is larger than the limit.
    :raises Invalid: the client went away before its end.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size <= limit:
                parts.append(part)
            elif size > limit + REST_BYTES:
                break
    except ClientException as error:
        raise Invalid("The body was not sent to its end.") from error
    if size > limit:
        raise Limited(f"The body is larger than {limit} bytes.", limit="body_limit_bytes", value=limit, actual=size)
    return b"".join(parts)
