"""The endpoint: GraphQL over HTTP on one address, POST for everything, GET for queries.

Keeps nothing of a request on itself. What goes wrong before execution is refused with a coded body and, for clients
that accept `application/graphql-response+json`, the status of the refusal; `application/json` clients get 200 for
whatever GraphQL itself answers, and 4xx for a request that is none.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, execute
from litestar import Request, Response

from gongzhi.core.actors import accounts
from gongzhi.core.audit import decisions
from gongzhi.core.batching import batching
from gongzhi.core.errors import GongzhiError, Invalid, Limited, Unavailable
from gongzhi.core.permissions import Noticed, gathering, pinned
from gongzhi.core.signin import TokenVerifier
from gongzhi.graphql import errors
from gongzhi.graphql.bodies import read_body
from gongzhi.graphql.caller import context_of
from gongzhi.graphql.context import Context, Services
from gongzhi.graphql.documents import Documents, Rejected, changes, chosen_operation
from gongzhi.graphql.limits import check_variables
from gongzhi.graphql.negotiation import GRAPHQL, JSON, MediaType, accepted, is_json

logger = logging.getLogger("gongzhi.graphql")

PREFLIGHT = ("graphql-require-preflight", "apollo-require-preflight", "x-requested-with", "authorization")
"""Headers that no page of another origin sends without the browser asking us first."""


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """A request's parameters. Other members are ignored, as the specification asks."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


class Refusal(Exception):
    """A request that is refused before its operation runs, with the HTTP status and further headers."""

    def __init__(self, error: GongzhiError, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.status = status
        self.headers = dict(headers or {})


class Endpoint:
    """Answers requests by one schema."""

    def __init__(self, schema: GraphQLSchema, services: Services, verifier: TokenVerifier) -> None:
        self._schema = schema
        self._services = services
        self._verifier = verifier
        self._documents = Documents(schema, services.settings)

    def use(self, schema: GraphQLSchema) -> None:
        """Answer by another schema from now on."""
        self._schema = schema
        self._documents = Documents(schema, self._services.settings)

    async def __call__(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """The answer to one request."""
        media = accepted(request.headers.get("accept"))
        try:
            if media is None:
                raise Refusal(Invalid(f"This API answers {GRAPHQL} or {JSON}; accept one of them."), 406)
            operation = await self._operation(request)
            async with asyncio.timeout(self._services.settings.request_timeout_seconds):
                with pinned(), batching(), gathering() as noticed:
                    try:
                        answer = await self._answer(request, operation, media)
                    finally:
                        await self._log_denials(noticed)
                    await self._log_reads(noticed)
                    return answer
        except Refusal as refusal:
            return self._refused(refusal, media or JSON)
        except GongzhiError as error:
            return self._refused(_refusal(error), media or JSON)
        except TimeoutError:
            limit = self._services.settings.request_timeout_seconds
            error = Limited(f"The request took longer than {limit} s.", limit="request_timeout_seconds", value=limit)
            return self._refused(Refusal(error, 503), media or JSON)

    async def _operation(self, request: Request[Any, Any, Any]) -> Operation:
        if request.method == "GET":
            return _from_address(request)
        if request.method != "POST":
            raise Refusal(Invalid(f"Use POST, or GET for a query, not {request.method}."), 405, {"Allow": "GET, POST"})
        if not is_json(request.headers.get("content-type")):
            raise Refusal(Invalid(f"Send the request as {JSON}, in UTF-8."), 415, {"Accept": JSON})
        return _from_body(await read_body(request, self._services.settings.body_limit_bytes))

    async def _answer(self, request: Request[Any, Any, Any], operation: Operation, media: MediaType) -> Response[bytes]:
        check_variables(operation.variables, self._services.settings)
        context = await context_of(
            self._services,
            self._verifier,
            request.headers.get("authorization"),
            request.headers.get("x-acting-for"),
            request.client.host if request.client else None,
        )
        try:
            document = self._documents.get(operation.query, introspection=self._introspection(context))
            chosen = chosen_operation(document, operation.operation_name)
        except Rejected as rejected:
            listed = errors.formatted(rejected.errors, self._services.settings.error_limit)
            return self._response({"errors": listed}, 400 if media == GRAPHQL else 200, media)
        if request.method == "GET" and changes(chosen):
            raise Refusal(Invalid("A mutation needs POST."), 405, {"Allow": "POST"})
        result = await self._execute(document, operation, context)
        return self._executed(result, media)

    async def _log_denials(self, noticed: Noticed) -> None:
        """What was denied stands in the decision log; that it cannot be written changes no answer."""
        if not noticed.denials:
            return
        try:
            async with self._services.database.transaction():
                await decisions.write(noticed.denials, nowhere=await accounts.home())
        except GongzhiError as error:
            logger.error("%d denials are not in the decision log: %s", len(noticed.denials), error.message)

    async def _log_reads(self, noticed: Noticed) -> None:
        """Confidential records leave only with a line in the decision log; Unavailable where none can be written."""
        if noticed.reads:
            async with self._services.database.transaction():
                await decisions.write_reads(noticed.reads)

    def _introspection(self, context: Context) -> bool:
        allowed = self._services.settings.introspection
        return allowed == "on" or (allowed == "signed-in" and not context.principal.anonymous)

    async def _execute(self, document: DocumentNode, operation: Operation, context: Context) -> ExecutionResult:
        outcome = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=operation.variables or {},
            operation_name=operation.operation_name,
            max_coercion_errors=self._services.settings.error_limit,
            hide_suggestions=not self._services.settings.demo,
        )
        return outcome if isinstance(outcome, ExecutionResult) else await outcome

    def _executed(self, result: ExecutionResult, media: MediaType) -> Response[bytes]:
        """GraphQL over HTTP 6.4: no `data` member when the operation did not begin, and then status 400."""
        begun = result.data is not None or any(error.path is not None for error in result.errors or ())
        answer: dict[str, Any] = {"data": result.data} if begun or not result.errors else {}
        if result.errors:
            answer["errors"] = errors.formatted(result.errors, self._services.settings.error_limit)
        return self._response(answer, 200 if begun or media == JSON or not result.errors else 400, media)

    def _refused(self, refusal: Refusal, media: MediaType) -> Response[bytes]:
        return self._response({"errors": errors.refused(refusal.error)}, refusal.status, media, refusal.headers)

    def _response(
        self, answer: Mapping[str, Any], status: int, media: MediaType, headers: Mapping[str, str] | None = None
    ) -> Response[bytes]:
        return Response(
            msgspec.json.encode(answer),
            status_code=status,
            media_type=f"{media}; charset=utf-8",
            headers={"X-Gongzhi-Revision": self.revision, "Vary": "Accept, Authorization", **(headers or {})},
        )

    @property
    def revision(self) -> str:
        """What this answer was made from: the catalogue's revision, and the policy's."""
        return f"{self._services.catalogue.snapshot.revision}-{self._services.policy.status.revision}"


def _refusal(error: GongzhiError) -> Refusal:
    headers = {"WWW-Authenticate": 'Bearer realm="gongzhi"'} if error.status == 401 else {}
    if isinstance(error, Unavailable):
        headers = {"Retry-After": "1"}
    return Refusal(error, 413 if error.details.get("limit") == "body_limit_bytes" else error.status, headers)


def _from_body(body: bytes) -> Operation:
    try:
        return msgspec.json.decode(body, type=Operation)
    except msgspec.ValidationError as error:
        raise Invalid(f"The body is no GraphQL request: {error}. It is an object with `query`.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The body is not JSON in UTF-8: {error}.") from None
    except RecursionError:
        raise Invalid("The body is nested too deeply.") from None


def _from_address(request: Request[Any, Any, Any]) -> Operation:
    sent = request.query_params
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not any(
        request.headers.get(name) for name in PREFLIGHT
    ):
        raise Refusal(
            Invalid(f"A page of another origin needs one of these headers for GET: {', '.join(PREFLIGHT)}."), 403
        )
    if "query" not in sent:
        raise Invalid.at("query", "the address carries no `query`", "send one, or use POST")
    try:
        members = {name: msgspec.json.decode(sent[name]) for name in ("variables", "extensions") if sent.get(name)}
        named = {"operationName": sent["operationName"]} if sent.get("operationName") else {}
        return msgspec.convert({"query": sent["query"], **named, **members}, Operation)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Invalid(f"`variables` and `extensions` are JSON objects: {error}.") from None
