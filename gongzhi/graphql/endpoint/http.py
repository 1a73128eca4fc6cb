"""GraphQL over HTTP: POST for everything, GET for queries.

What goes wrong before execution is refused with a coded body and, for clients that accept
`application/graphql-response+json`, the status of the refusal; `application/json` clients get 200 for whatever GraphQL
itself answers, and 4xx for a request that is none.
"""

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from litestar.exceptions import MethodNotAllowedException
from litestar.response.streaming import ASGIStreamingResponse

from gongzhi.core.errors import GongzhiError, Invalid, Unavailable
from gongzhi.edge.rates import headers_of
from gongzhi.edge.seen import seen
from gongzhi.edge.stopping import stopping
from gongzhi.edge.watch import VARY
from gongzhi.graphql import errors
from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.endpoint import idempotency, sse
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.bodies import Body
from gongzhi.graphql.endpoint.cache import Shared
from gongzhi.graphql.endpoint.caller import Credentials
from gongzhi.graphql.endpoint.documents import Rejected, changes, follows
from gongzhi.graphql.endpoint.exchange import Incoming, Outgoing, decoded, encoded
from gongzhi.graphql.endpoint.negotiation import EVENTS, GRAPHQL, JSON, MediaType, accepted, is_json
from gongzhi.graphql.endpoint.operation import Operation, from_address
from gongzhi.graphql.endpoint.refusal import Refusal, refusal_of

PREFLIGHT = (
    b"graphql-require-preflight",
    b"apollo-require-preflight",
    b"x-requested-with",
    b"authorization",
    b"x-api-key",
)
"""Headers that no page of another origin sends without the browser asking us first."""
REVISION = re.compile(r"(\d{1,18})-([0-9a-f]{12})")
REVISION_HEADER = "X-Gongzhi-Revision"
KEY_HEADER = idempotency.HEADER.encode()
SAFE = {"X-Content-Type-Options": "nosniff"}
PRIVATE = "private, no-store"
SUBSCRIBE_HOW = f"A subscription needs `Accept: {EVENTS}`, or a WebSocket."
KEPT_HEADERS = 256
"""Values of a header whose meaning is remembered."""

_accepted = lru_cache(KEPT_HEADERS)(accepted)
_is_json = lru_cache(KEPT_HEADERS)(is_json)


class Endpoint:
    """Answers requests. Keeps nothing of a request on itself."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._services = answering.services
        self._vary = f"{VARY}, Origin" if self._services.settings.cors_origins else VARY
        seconds = self._services.settings.shared_cache_seconds
        self._known_heads: dict[str, tuple[str, list[tuple[bytes, bytes]]]] = {}
        self._caching = {
            CacheScope.public: f"public, max-age=0, s-maxage={seconds}, must-revalidate",
            CacheScope.viewer: "private, max-age=0, must-revalidate",
            CacheScope.private: PRIVATE,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any, digest: str | None = None) -> None:
        """Answer one request. `digest` is that of the registered document that the address names."""
        incoming = Incoming(scope, receive)
        media = _accepted(incoming.header(b"accept"))
        try:
            if media is None:
                raise Refusal(Invalid(f"This API answers {GRAPHQL}, {JSON} or {EVENTS}; accept one of them."), 406)
            body = await self._body(incoming, digest)
            operation = body.operation
            shown = _shown(incoming)
            if media == EVENTS:
                await self._stream(operation, shown, stopping(scope))(scope, receive, send)
                return
            await self._as_new_as(incoming.header(b"if-revision"))
            if operation.idempotency_key is None:
                outgoing = await self._answer(incoming, body, shown, media)
            else:  # whether its caller may still be answered is decided before anything is executed
                async with self._answering.noticing():
                    outgoing = await self._answer(incoming, body, shown, media)
        except Refusal as refusal:
            outgoing = self._refused(refusal, media)
        except GongzhiError as error:
            outgoing = self._refused(refusal_of(error), media)
        await outgoing.send(send)

    async def _body(self, incoming: Incoming, digest: str | None) -> Body:
        method = incoming.method
        if method == "GET":
            if digest is None:
                _require_preflight(incoming)
            return Body(from_address(incoming.parameters, digest))
        if method != "POST" or digest is not None:
            allowed = "GET" if digest is not None else "GET, POST"
            raise MethodNotAllowedException(f"Use {allowed}, not {method}.", headers={"Allow": allowed})
        if not _is_json(incoming.header(b"content-type")):
            raise Refusal(Invalid(f"Send the request as {JSON}, in UTF-8."), 415, {"Accept": JSON})
        settings = self._services.settings
        raw = await incoming.body(settings.body_limit_bytes, settings.body_timeout_seconds)
        body, key = self._answering.bodies.get(raw), incoming.header(KEY_HEADER)
        return body if key is None else Body(body.operation.with_idempotency_key(key))

    async def _answer(self, incoming: Incoming, sent: Body, shown: Credentials, media: MediaType) -> Outgoing:
        answering = self._answering
        context = await answering.context(shown)
        try:
            ready = await answering.ready(sent, context)
        except Rejected as rejected:
            seen().code = Invalid.code
            body = msgspec.json.encode({"errors": answering.listed(rejected.errors)})
            return self._outgoing(body, 400 if media == GRAPHQL else 200, media, {"Cache-Control": PRIVATE})
        if incoming.method == "GET" and changes(ready.chosen):
            raise Refusal(Invalid("A mutation needs POST."), 405, {"Allow": "POST"})
        if follows(ready.chosen):
            raise Refusal(Invalid(SUBSCRIBE_HOW), 406)
        found = answering.kept(ready, context)
        if found is None:
            async with answering.in_time(changing=changes(ready.chosen)), answering.noticing():
                found = await answering.answer(ready, context)
        if incoming.method == "GET" and found.scope is not CacheScope.private:
            return self._conditional(incoming, found, media)
        headers = {"Cache-Control": PRIVATE, **headers_of(ready.spent), **idempotency.headers_of(ready.keyed)}
        return self._outgoing(found.body, 200 if found.begun or media == JSON else 400, media, headers)

    def _conditional(self, incoming: Incoming, found: Shared, media: MediaType) -> Outgoing:
        """What may be kept elsewhere, or that it has not changed; it says nothing of its caller."""
        tag = f'"{found.tag}-{"g" if media == GRAPHQL else "j"}"'
        headers = {"Cache-Control": self._caching[found.scope], "ETag": tag}
        known = [each.strip().removeprefix("W/") for each in (incoming.header(b"if-none-match") or "").split(",")]
        if tag in known or "*" in known:
            return Outgoing(304, [*self._heads(media)[1:], *encoded(headers)], b"")
        return self._outgoing(found.body, 200, media, headers)

    async def _as_new_as(self, revision: str | None) -> None:
        """Be no older than the revision that a client has seen.

        :raises Invalid: it is none of ours. Unavailable: there is none as new here yet.
        """
        if revision is None or revision == self.revision:
            return
        parts = REVISION.fullmatch(revision)
        if parts is None:
            raise Invalid.at("If-Revision", "it is no revision of this API", "send an X-Gongzhi-Revision that it gave")
        if int(parts[1]) > self._services.catalogue.snapshot.revision:
            await self._services.catalogue.refresh()
            if int(parts[1]) > self._services.catalogue.snapshot.revision:
                raise Unavailable("This server has not seen that revision yet; try again in a moment.")
        if parts[2] != self._services.policy.status.revision:
            await self._services.policy.look()

    def _stream(self, sent: Operation, shown: Credentials, ending: asyncio.Event) -> ASGIStreamingResponse:
        """Server-sent events. What is wrong with the request is told by status, with its document in the stream."""
        return ASGIStreamingResponse(
            iterator=sse.events(self._answering, sent, shown, ending),
            status_code=200,
            media_type=EVENTS,
            headers={**decoded(self._heads(EVENTS)[1:]), "Cache-Control": PRIVATE, "X-Accel-Buffering": "no"},
        )

    def _refused(self, refusal: Refusal, media: MediaType | None) -> Outgoing:
        seen().code = refusal.error.code
        told = JSON if media is None or media == EVENTS else media
        body = msgspec.json.encode({"errors": errors.refused(refusal.error)})
        return self._outgoing(body, refusal.status, told, {"Cache-Control": PRIVATE, **refusal.headers})

    def _outgoing(self, body: bytes, status: int, media: MediaType, headers: Mapping[str, str]) -> Outgoing:
        return Outgoing(status, [*self._heads(media), *encoded(headers)], body)

    def _heads(self, media: str) -> list[tuple[bytes, bytes]]:
        """The headers of every answer, made once for a media type and a revision; the media type is the first."""
        revision = self.revision
        known = self._known_heads.get(media)
        if known is None or known[0] != revision:
            told = {"Content-Type": f"{media}; charset=utf-8", **SAFE, "Vary": self._vary, REVISION_HEADER: revision}
            known = self._known_heads[media] = (revision, encoded(told))
        return known[1]

    @property
    def revision(self) -> str:
        """What an answer is made from now: the catalogue's revision, and the policy's."""
        return f"{self._services.catalogue.snapshot.revision}-{self._services.policy.status.revision}"


def _shown(incoming: Incoming) -> Credentials:
    header = incoming.header
    return Credentials(header(b"authorization"), header(b"x-acting-for"), header(b"x-api-key"), incoming.source)


def _require_preflight(incoming: Incoming) -> None:
    site = incoming.header(b"sec-fetch-site") or "none"
    if site not in ("none", "same-origin") and not any(incoming.headers.get(name) for name in PREFLIGHT):
        names = ", ".join(name.decode() for name in PREFLIGHT)
        raise Refusal(Invalid(f"A page of another origin needs one of these headers for GET: {names}."), 403)
