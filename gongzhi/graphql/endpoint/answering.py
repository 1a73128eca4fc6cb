"""Running operations: the same for every way in. From what was sent, and who sent it, to what GraphQL answers."""

import contextlib
import logging
from collections.abc import AsyncIterable, Hashable
from functools import partial
from typing import Any

import msgspec
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    create_source_event_stream,
)

from gongzhi.core.clients.service import document_digest
from gongzhi.core.db import count_statements
from gongzhi.core.errors import Forbidden, GongzhiError, Invalid, NotFound
from gongzhi.core.permissions import gathered
from gongzhi.core.signin import TokenVerifier
from gongzhi.edge.deadlines import Deadlines
from gongzhi.edge.rates import REFUSED, Exceeded, Rate
from gongzhi.edge.seen import seen
from gongzhi.graphql import errors
from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.context import Context, Services
from gongzhi.graphql.endpoint.bodies import Bodies, Body, Checked
from gongzhi.graphql.endpoint.cache import ResponseCache, Shared, encoded, key_of, variables_of
from gongzhi.graphql.endpoint.caller import Credentials, context_of
from gongzhi.graphql.endpoint.documents import Document, Documents, Rejected, changes
from gongzhi.graphql.endpoint.idempotency import Once, keyed_of
from gongzhi.graphql.endpoint.limits import check_cost, check_variables
from gongzhi.graphql.endpoint.operation import Operation
from gongzhi.graphql.endpoint.passing import InTime, Noticing
from gongzhi.graphql.endpoint.ready import Ready
from gongzhi.graphql.executor import PlannedExecutor
from gongzhi.graphql.outcome import told

logger = logging.getLogger("gongzhi.graphql")

UNKNOWN_DOCUMENT = "PersistedQueryNotFound"
"""Word for word what clients of automatic persisted queries wait for, who then send the text."""


class Answering:
    """Runs operations against one schema."""

    executor_class: type[Executor[Any]] = PlannedExecutor
    """What executes them; it is given the plans of the document."""

    def __init__(self, schema: GraphQLSchema, services: Services, verifier: TokenVerifier) -> None:
        self.services = services
        self._once = Once(services)
        settings = services.settings
        self._options: dict[str, Any] = {
            "max_coercion_errors": settings.error_limit,
            "hide_suggestions": not settings.demo,
        }
        self._deadlines = Deadlines(settings.request_timeout_seconds)
        self.verifier = verifier
        self.cache = ResponseCache(services.settings.response_cache_bytes)
        self.use(schema)

    def use(self, schema: GraphQLSchema) -> None:
        """Answer by another schema from now on."""
        self._schema = schema
        self._documents = Documents(schema, self.services.settings)
        self.bodies = Bodies()
        self.cache.clear()

    async def context(self, shown: Credentials) -> Context:
        """The context of somebody who asks.

        :raises Unauthenticated, Forbidden: see `context_of`. Exceeded for an address that was refused too often.
        """
        try:
            return await context_of(self.services, self.verifier, shown)
        except GongzhiError:
            await self.charge_refused(shown)
            raise

    async def charge_refused(self, shown: Credentials) -> None:
        """Somebody who could not be let in has cost something, too; Exceeded for an address that tries too often."""
        rates = self.services.rates.rates(account=None, client=None, source=shown.source)
        await self.services.rates.charge(rates, REFUSED)

    async def ready(self, sent: Operation | Body, context: Context) -> Ready:
        """Check an operation and charge its cost. Of a body that was sent before, what its text says is known.

        :raises Limited: it is too large or costs too much; Exceeded, the caller has asked for too much lately.
        :raises Rejected: it is no GraphQL, or not of this schema.
        :raises Forbidden: the document is not registered where only registered ones are answered.
        """
        telling, body = seen(), sent if isinstance(sent, Body) else Body(sent)
        telling.caller(context.principal.account_code or "", context.client.code if context.client else "")
        rates = self._rates(context)
        await self.services.rates.charge(rates, 1)
        try:
            document, checked = self._found(body, context)
            keyed = await keyed_of(body.operation, document, checked.chosen, context)
        except (GongzhiError, Rejected):
            with contextlib.suppress(Exceeded):
                await self.services.rates.charge(rates, REFUSED - 1)
            raise
        telling.operation(document.digest, checked.name or "", checked.kind, checked.cost)
        spent = await self.services.rates.charge(rates, 0 if keyed and keyed.stored else max(0, checked.cost - 1))
        return Ready(body.operation, document, checked, spent, keyed)

    def _found(self, body: Body, context: Context) -> tuple[Document, Checked]:
        """The document of a body and what is found of its operation; see `ready` for what may be wrong."""
        sent, anonymous = body.operation, context.principal.anonymous
        introspection = self._introspection(anonymous=anonymous)
        lasting = sent.query is not None and not self._only(context)  # what is registered may change
        known = body.found(anonymous=anonymous) if lasting else None
        if known is not None:
            self._documents.used(sent.query or "", introspection=introspection)
            return known
        check_variables(sent.variables, self.services.settings)
        document = self._documents.get(self._text(sent, context), introspection=introspection)
        checked = self._checked(document, sent, anonymous=anonymous)
        if lasting and not changes(checked.chosen):
            body.remember(document, checked, anonymous=anonymous)
            self.bodies.keep(body)
        return document, checked

    def _checked(self, document: Document, sent: Operation, *, anonymous: bool) -> Checked:
        """What is found of an operation; an answer that says what is left of a rate is for its caller alone."""
        settings, chosen = self.services.settings, document.chosen(sent.operation_name)
        name = chosen.name.value if chosen.name else None
        limit = settings.cost_limit_anonymous if anonymous else settings.cost_limit
        cost = check_cost(document.costs[name], sent.variables or {}, settings, anonymous=anonymous)
        scope = CacheScope.private if sent.asks_for_cost else document.scopes[name]
        return Checked(chosen, name, chosen.operation.value, cost, limit, scope)

    async def run(self, ready: Ready, context: Context, root: object = None) -> dict[str, Any]:
        """The members of the answer. With a root, one event of a subscription.

        With an idempotency key the operation runs once, and every answer is the first one.
        """
        if ready.keyed is None:
            return await self.execute(ready, context, root)
        return await self._once.answer(ready.keyed, context, self._schema, partial(self.execute, ready))

    def kept(self, ready: Ready, context: Context) -> Shared | None:
        """The answer, where it was given before and may be given again."""
        if not self.cache.on or ready.scope is CacheScope.private:
            return None
        found = self.cache.get(self._key(ready, context)[0])
        if found is not None:
            seen().cached = True
        return found

    async def answer(self, ready: Ready, context: Context) -> Shared:
        """The answer encoded, and how far it may be shared; it is kept where it may be given again (`cache`)."""
        scope = ready.scope
        if not self.cache.on or scope is CacheScope.private:
            return encoded(await self.run(ready, context), scope)
        key, variables = self._key(ready, context)
        with count_statements() as counter:
            found = encoded(await self.run(ready, context), scope)
        if not counter.count and found.scope is scope and not gathered().denials and not gathered().reads:
            found = msgspec.structs.replace(found, digest=found.tag)
            self.cache.put(key, found, variables)
        return found

    def _key(self, ready: Ready, context: Context) -> tuple[Hashable, bytes]:
        """What the answer is kept under, and the variables in it."""
        variables = variables_of(ready.sent.variables)
        return key_of(ready.document.digest, ready.checked.name, variables, ready.scope, context), variables

    async def execute(self, ready: Ready, context: Context, root: object = None) -> dict[str, Any]:
        """The members of the answer, now.

        GraphQL over HTTP 6.4: no `data` member when the operation did not begin.
        """
        sent, document = ready.sent, ready.document
        executor = self.executor_class.build(
            self._schema,
            document.node,
            root,
            context,
            sent.variables,
            sent.operation_name,
            plans=document.plans,
            **self._options,
        )
        outcome: Any = ExecutionResult(None, executor) if isinstance(executor, list) else executor.execute_operation()
        result: ExecutionResult = outcome if isinstance(outcome, ExecutionResult) else await outcome
        begun = result.data is not None or any(error.path is not None for error in result.errors or ())
        answer: dict[str, Any] = {"data": result.data} if begun or not result.errors else {}
        if result.errors:
            answer["errors"] = told(self.listed(result.errors))
            seen().code = answer["errors"][0]["extensions"]["code"]
        if ready.sent.asks_for_cost:
            answer["extensions"] = ready.report
        return answer

    async def events(self, ready: Ready, context: Context) -> AsyncIterable[Any]:
        """What a subscription yields: for each event a function from a context to its value, None for nothing to tell.

        :raises Rejected: its variables or arguments are wrong, or its resolver refused it.
        """
        sent, given = ready.sent, self._options
        built = Executor.build(
            self._schema, ready.document.node, None, context, sent.variables or {}, sent.operation_name, **given
        )
        if not isinstance(built, Executor):
            raise Rejected(list(built))
        stream = create_source_event_stream(built)
        if not isinstance(stream, AsyncIterable | ExecutionResult):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            raise Rejected(stream.errors or [])
        return stream

    def listed(self, found: list[GraphQLError]) -> list[dict[str, Any]]:
        """Errors as answers list them."""
        return errors.formatted(found, self.services.settings.error_limit)

    def noticing(self) -> Noticing:
        """Decide by one policy within the block; what was denied, or read in confidence, is in the decision log after.

        :raises Unavailable: confidential records were read, and the log cannot be written: they do not leave.
        """
        return Noticing(self.services)

    def in_time(self, *, changing: bool = True) -> InTime:
        """:raises Limited: the block takes longer than a request may; it may have changed something, or only read."""
        return InTime(self._deadlines, changing=changing)

    def _text(self, sent: Operation, context: Context) -> str:
        """The document's text: what was sent, or what is registered under its digest."""
        registered = self.services.clients.document
        if sent.query is None:
            known = registered(sent.digest or "", context.client)
            if known is None:
                raise NotFound(UNKNOWN_DOCUMENT)
            return known
        if sent.digest is not None and sent.digest.lower() != document_digest(sent.query):
            raise Invalid.at("extensions.persistedQuery.sha256Hash", "it is not the SHA-256 of `query`", "correct it")
        if self._only(context) and registered(document_digest(sent.query), context.client) is None:
            raise Forbidden(
                "Only registered documents are answered here, and this is none for you; the operator adds it with "
                "`gongzhi documents add`."
            )
        return sent.query

    def _only(self, context: Context) -> bool:
        """Whether this caller may send nothing but registered documents."""
        return self.services.settings.documents == "trusted-only" or self.services.clients.restricted(context.client)

    def _rates(self, context: Context) -> list[Rate]:
        client = context.client
        return self.services.rates.rates(
            account=context.principal.account_code,
            client=(client.code, client.rate) if client is not None else None,
            source=context.principal.source,
        )

    def _introspection(self, *, anonymous: bool) -> bool:
        allowed = self.services.settings.introspection
        return allowed == "on" or (allowed == "signed-in" and not anonymous)
