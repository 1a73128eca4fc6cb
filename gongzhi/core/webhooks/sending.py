"""Sending one event over HTTP: a signed POST, its status, and nothing else of the answer."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property

import httpcore
import msgspec

from gongzhi import __version__
from gongzhi.core import clock
from gongzhi.core.errors import Invalid
from gongzhi.core.settings import Settings
from gongzhi.core.webhooks.addresses import Rules, destination
from gongzhi.core.webhooks.connecting import NotAllowed, pool

ANSWER_BYTES = 16 * 1024
"""Of an answer's body as much is read, so that the receiver can finish it, and thrown away."""
LONGEST_PAUSE = timedelta(hours=24)
_CONTENT = {"content-type": "application/json", "user-agent": f"gongzhi/{__version__}", "accept": "*/*"}


class Answer(msgspec.Struct, frozen=True):
    """What came back. `failure` is empty for a success (2xx); `pause` is what Retry-After asked for."""

    status: int | None = None
    failure: str = ""
    pause: timedelta | None = None


class Sender:
    """Sends to addresses that the settings allow. `context` decides whom to believe; by default the system's list."""

    def __init__(self, settings: Settings, context: ssl.SSLContext | None = None) -> None:
        self._rules = Rules.of(settings)
        self._seconds = settings.webhook_timeout_seconds
        self._context = context

    @cached_property
    def _pool(self) -> httpcore.AsyncConnectionPool:
        """Made when something is sent: reading the system's list of authorities takes longer than most of a start."""
        return pool(self._rules, self._context)

    async def aclose(self) -> None:
        """Let go of connections."""
        if "_pool" in self.__dict__:
            await self._pool.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send it once. Redirects are answers like any other, and no success. Never raises for what others do."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(url, headers, body)
        except Invalid as error:
            return Answer(failure=error.message)
        except NotAllowed as error:
            return Answer(failure=str(error))
        except TimeoutError:
            return Answer(failure=f"no answer within {self._seconds:g} seconds")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            return Answer(failure=_in_words(error))

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        to = destination(url, self._rules)
        address = httpcore.URL(scheme=to.scheme, host=to.host, port=to.port, target=to.target)
        standard = (443 if to.scheme == "https" else 80) == to.port
        name = f"[{to.host}]" if ":" in to.host else to.host
        sent = {"host": name if standard else f"{name}:{to.port}", **_CONTENT, "content-length": str(len(body))}
        async with self._pool.stream("POST", address, headers=[*{**sent, **headers}.items()], content=body) as answer:
            length = 0
            async for part in answer.aiter_stream():
                length += len(part)
                if length >= ANSWER_BYTES:
                    break
            good = 200 <= answer.status < 300
            return Answer(answer.status, "" if good else f"answered {answer.status}", _pause(answer.headers))


def _in_words(error: Exception) -> str:
    """Without the system's own text, which may tell of our network."""
    cause = error.__cause__ or error.__context__  # httpcore raises its errors `from None`
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "TLS could not be agreed on"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ConnectError) and str(error) == "the name cannot be resolved":
        return str(error)
    return {
        httpcore.ConnectError: "no connection",
        httpcore.RemoteProtocolError: "what it answered is not HTTP",
    }.get(type(error), "the connection broke")


def _pause(headers: list[tuple[bytes, bytes]]) -> timedelta | None:
    """Retry-After (RFC 9110, section 10.2.3), in seconds or as a date; at most a day, nothing if it cannot be read."""
    value = next((value.decode("latin-1").strip() for name, value in headers if name.lower() == b"retry-after"), "")
    if value.isascii() and value.isdigit() and len(value) < 10:
        wait = timedelta(seconds=int(value))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - clock.now()
    return min(max(wait, timedelta(0)), LONGEST_PAUSE)


def moment_text(moment: datetime) -> str:
    """A moment as bodies have it: in UTC, with a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
