"""GraphQL over HTTP: POST for everything, GET for queries.

What goes wrong before execution is refused with a coded body and, for clients that accept
`application/graphql-response+json`, the status of the refusal; `application/json` clients get 200 for whatever GraphQL
itself answers, and 4xx for a request that is none.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.response import Stream

from gongzhi.core.errors import GongzhiError, Invalid, Limited
from gongzhi.edge.rates import headers_of
from gongzhi.edge.seen import seen
from gongzhi.graphql import errors
from gongzhi.graphql.endpoint import idempotency, sse
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.bodies import read_body
from gongzhi.graphql.endpoint.caller import Credentials, credentials_of
from gongzhi.graphql.endpoint.documents import Rejected, changes, follows
from gongzhi.graphql.endpoint.negotiation import EVENTS, GRAPHQL, JSON, MediaType, accepted, is_json
from gongzhi.graphql.endpoint.operation import Operation, from_address, from_body
from gongzhi.graphql.endpoint.refusal import Refusal, refusal_of

PREFLIGHT = ("graphql-require-preflight", "apollo-require-preflight", "x-requested-with", "authorization", "x-api-key")
"""Headers that no page of another origin sends without the browser asking us first."""
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
SUBSCRIBE_HOW = f"A subscription needs `Accept: {EVENTS}`, or a WebSocket."


class Endpoint:
    """Answers requests. Keeps nothing of a request on itself."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._services = answering.services

    async def __call__(self, request: Request[Any, Any, Any], digest: str | None = None) -> Response[Any]:
        """The answer to one request. `digest` is that of the registered document that the address names."""
        media = accepted(request.headers.get("accept"))
        try:
            if media is None:
                raise Refusal(Invalid(f"This API answers {GRAPHQL}, {JSON} or {EVENTS}; accept one of them."), 406)
            operation = await self._operation(request, digest)
            operation = operation.with_idempotency_key(request.headers.get(idempotency.HEADER))
            shown = credentials_of(request.headers, request.client.host if request.client else None)
            if media == EVENTS:
                return await self._stream(operation, shown)
            async with self._answering.in_time(), self._answering.noticing():
                return await self._answer(request.method, operation, shown, media)
        except Refusal as refusal:
            return self._refused(refusal, media)
        except GongzhiError as error:
            return self._refused(refusal_of(error), media)

    async def _operation(self, request: Request[Any, Any, Any], digest: str | None) -> Operation:
        if request.method == "GET":
            if digest is None:
                _require_preflight(request)
            return from_address(request.query_params, digest)
        if request.method != "POST" or digest is not None:
            raise Refusal(Invalid(f"Use POST, or GET for a query, not {request.method}."), 405, {"Allow": "GET, POST"})
        if not is_json(request.headers.get("content-type")):
            raise Refusal(Invalid(f"Send the request as {JSON}, in UTF-8."), 415, {"Accept": JSON})
        settings = self._services.settings
        try:
            async with asyncio.timeout(settings.body_timeout_seconds):
                return from_body(await read_body(request, settings.body_limit_bytes))
        except TimeoutError:
            limit = settings.body_timeout_seconds
            message = f"The body was not sent within {limit} s."
            raise Limited(message, limit="body_timeout_seconds", value=limit) from None

    async def _answer(self, method: str, sent: Operation, shown: Credentials, media: MediaType) -> Response[bytes]:
        answering = self._answering
        context = await answering.context(shown)
        try:
            ready = await answering.ready(sent, context)
        except Rejected as rejected:
            answer = {"errors": answering.listed(rejected.errors)}
            seen().code = Invalid.code
            return self._response(answer, 400 if media == GRAPHQL else 200, media)
        if method == "GET" and changes(ready.chosen):
            raise Refusal(Invalid("A mutation needs POST."), 405, {"Allow": "POST"})
        if follows(ready.chosen):
            raise Refusal(Invalid(SUBSCRIBE_HOW), 406)
        answer = await answering.run(ready, context)
        status = 200 if "data" in answer or media == JSON else 400
        return self._response(answer, status, media, {**headers_of(ready.spent), **idempotency.headers_of(ready.keyed)})

    async def _stream(self, sent: Operation, shown: Credentials) -> Stream:
        """Server-sent events. What is wrong with the request is told by status, with its document in the stream."""
        return Stream(
            sse.events(self._answering, sent, shown),
            status_code=200,
            media_type=EVENTS,
            headers={**self._own_headers(), "X-Accel-Buffering": "no"},
        )

    def _refused(self, refusal: Refusal, media: MediaType | None) -> Response[bytes]:
        seen().code = refusal.error.code
        told = JSON if media is None or media == EVENTS else media
        return self._response({"errors": errors.refused(refusal.error)}, refusal.status, told, refusal.headers)

    def _response(
        self, answer: Mapping[str, Any], status: int, media: MediaType, headers: Mapping[str, str] | None = None
    ) -> Response[bytes]:
        return Response(
            msgspec.json.encode(answer),
            status_code=status,
            media_type=f"{media}; charset=utf-8",
            headers={**self._own_headers(), **(headers or {})},
        )

    def _own_headers(self) -> dict[str, str]:
        return {"X-Gongzhi-Revision": self.revision, "Vary": "Accept, Authorization, X-API-Key", **PRIVATE}

    @property
    def revision(self) -> str:
        """What an answer is made from now: the catalogue's revision, and the policy's."""
        return f"{self._services.catalogue.snapshot.revision}-{self._services.policy.status.revision}"


def _require_preflight(request: Request[Any, Any, Any]) -> None:
    site = request.headers.get("sec-fetch-site", "none")
    if site not in ("none", "same-origin") and not any(request.headers.get(name) for name in PREFLIGHT):
        names = ", ".join(PREFLIGHT)
        raise Refusal(Invalid(f"A page of another origin needs one of these headers for GET: {names}."), 403)
