"""The keys of an OIDC issuer, kept up to date without letting a request wait for long.

Discovery (OpenID Connect Discovery 1.0, section 4) says where the keys are, unless a setting does. They are used for
`FRESH`; then one fetch, shared by all who wait, gets them anew. A token that names an unknown key causes a fetch too,
so that a rotation is noticed at once, though never more than one in `PAUSE`. While the issuer does not answer, the old
keys serve on for up to `STALE`, and nobody waits after the first attempt that failed.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import httpx
import msgspec

from gongzhi.core import clock
from gongzhi.core.errors import Invalid, Unavailable
from gongzhi.core.settings import is_private_channel
from gongzhi.core.signin.keys import PublicKey, usable

T = TypeVar("T")
FRESH = timedelta(minutes=5)
STALE = timedelta(hours=6)
PAUSE = timedelta(seconds=10)
FETCH_SECONDS = 3.0
"""For discovery and keys together."""
DOCUMENT_BYTES = 256 * 1024
logger = logging.getLogger("gongzhi.signin")


class _Discovery(msgspec.Struct, frozen=True):
    issuer: str
    jwks_uri: str


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, object]]


class IssuerKeys:
    """The source of one issuer's keys. Belongs to the event loop that first asks it; `aclose` it there."""

    def __init__(self, issuer: str, audience: str, jwks_url: str | None = None) -> None:
        self.issuer = issuer
        self.audience = audience
        self.generation = 0
        self._jwks_url = jwks_url
        self._keys: tuple[PublicKey, ...] = ()
        self._fetched_at: datetime | None = None
        self._attempted_at: datetime | None = None
        self._failed = False
        self._fetching: asyncio.Task[None] | None = None
        self._client: httpx.AsyncClient | None = None
        for name, url in (("issuer", issuer), ("jwks_url", jwks_url)):
            if url is not None and not is_private_channel(url):
                raise Invalid.at(name, "anybody on the way could replace its keys", "use an https:// address")

    async def candidates(self, kid: str | None) -> Sequence[PublicKey]:
        """The keys with this id, or all if none is named; the issuer is asked again before the answer is "none".

        :raises Unavailable: the issuer does not answer, and did not lately enough.
        """
        if not _within(FRESH, self._fetched_at):
            await self._refresh(wait=not (self._failed and self._keys_serve))
        if not self._keys_serve:
            raise Unavailable("The sign-in issuer does not answer, so that tokens cannot be checked; try again soon.")
        found = self._named(kid)
        if not found:
            await self._refresh(wait=True)
            found = self._named(kid)
        if not found and self._failed:
            raise Unavailable("The token's key is new here and the sign-in issuer does not answer; try again soon.")
        return found

    async def aclose(self) -> None:
        """Stop fetching and close the connections."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    @property
    def _keys_serve(self) -> bool:
        return _within(STALE, self._fetched_at)

    def _named(self, kid: str | None) -> list[PublicKey]:
        return [key for key in self._keys if kid is None or key.kid == kid]

    async def _refresh(self, *, wait: bool) -> None:
        """Join the fetch that is running, or start one unless the last began within `PAUSE`."""
        if self._fetching is None or self._fetching.done():
            if _within(PAUSE, self._attempted_at):
                return
            self._attempted_at = clock.now()
            self._fetching = asyncio.create_task(self._fetch())
        if wait:
            await asyncio.shield(self._fetching)

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                url = self._jwks_url or await self._discovered()
                keys = tuple(usable((await self._document(url, _KeySet)).keys))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, Unavailable) as error:
            self._failed = True
            logger.warning("the keys of %s cannot be fetched: %s", self.issuer, error or type(error).__name__)
            return
        self._failed = False
        self._fetched_at = clock.now()
        if keys != self._keys:
            self._keys = keys
            self.generation += 1

    async def _discovered(self) -> str:
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await self._document(url, _Discovery)
        if found.issuer != self.issuer:
            raise Unavailable(f"{url} speaks for another issuer; set issuer to exactly what it names")
        if not is_private_channel(found.jwks_uri):
            raise Unavailable(f"{url} names keys at an address that is not https")
        return found.jwks_uri

    async def _document(self, url: str, kind: type[T]) -> T:
        """A JSON document; redirects are not followed, so that it comes from where we were told."""
        if self._client is None:
            headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
            self._client = httpx.AsyncClient(timeout=FETCH_SECONDS, headers=headers)
        content = bytearray()
        async with self._client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise Unavailable(f"{url} answers with status {response.status_code}")
            async for part in response.aiter_raw():
                content += part
                if len(content) > DOCUMENT_BYTES:
                    raise Unavailable(f"{url} answers with more than {DOCUMENT_BYTES} bytes")
        try:
            return msgspec.json.decode(content, type=kind)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise Unavailable(f"{url} is not the expected JSON: {error}") from error


def _within(span: timedelta, moment: datetime | None) -> bool:
    """Whether a moment was less than `span` ago; a clock that was set back makes it long ago."""
    return moment is not None and timedelta(0) <= clock.now() - moment < span
