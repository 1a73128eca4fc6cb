"""A request's body, read no further than a limit."""

from typing import Any

from litestar import Request
from litestar.exceptions import ClientException

from gongzhi.core.errors import Invalid, Limited


async def read_body(request: Request[Any, Any, Any], limit: int) -> bytes:
    """The whole body.

    :raises Limited: it is larger than the limit; the rest is not read.
    :raises Invalid: the client went away before its end.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise Limited(
                    f"The body is larger than {limit} bytes.", limit="body_limit_bytes", value=limit, actual=size
                )
            parts.append(part)
    except ClientException as error:
        raise Invalid("The body was not sent to its end.") from error
    return b"".join(parts)
