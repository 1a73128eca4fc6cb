"""A request that is refused before its operation runs: its error, its HTTP status, and further headers."""

from collections.abc import Mapping

from gongzhi.core.errors import GongzhiError, Unavailable
from gongzhi.edge.rates import Exceeded, headers_of


class Refusal(Exception):
    """A refusal, to be raised where a request is read."""

    def __init__(self, error: GongzhiError, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.status = status
        self.headers = dict(headers or {})


STATUSES = {"body_limit_bytes": 413, "request_timeout_seconds": 503, "body_timeout_seconds": 408}
"""The statuses of limits that HTTP has one of its own for; any other limit is 429."""


def refusal_of(error: GongzhiError) -> Refusal:
    """The refusal that an error amounts to."""
    headers: dict[str, str] = {}
    if error.status == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="gongzhi"'}
    if isinstance(error, Unavailable):
        headers = {"Retry-After": "1"}
    if isinstance(error, Exceeded):
        headers = {"Retry-After": str(error.spent.reset), **headers_of([error.spent])}
    return Refusal(error, STATUSES.get(str(error.details.get("limit")), error.status), headers)
