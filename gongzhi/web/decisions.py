"""The AuthZEN endpoints: evaluation, evaluations, search and metadata."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from gongzhi.core.actors import accounts
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.actors.inquiries import Wanted, accounts_that_can, known
from gongzhi.core.errors import GongzhiError, Invalid, NotFound, Unauthenticated
from gongzhi.core.permissions import OWN, Principal, decide, gathering, pinned, require, scope, what_can
from gongzhi.core.signin import TokenVerifier
from gongzhi.core.territory import path as paths
from gongzhi.graphql.context import Context, Services
from gongzhi.graphql.endpoint.caller import context_of, credentials_of
from gongzhi.graphql.endpoint.exchange import Incoming
from gongzhi.graphql.relay import fetch_nodes
from gongzhi.web import authzen

ACCOUNT = "account"
Result = dict[str, Any]


class Place(msgspec.Struct, frozen=True):
    """Where a resource stands, and whose it is."""

    path: str
    owner: UUID | None = None
    relations: tuple[str, ...] = ()


class DecisionPoint:
    """Answers the questions of one request's caller."""

    def __init__(self, context: Context) -> None:
        self.context = context
        if context.principal.anonymous:
            raise Unauthenticated("Sign in to ask for decisions.")

    async def evaluate(self, question: authzen.Evaluation) -> authzen.Answer:
        """One decision. What is unknown is denied; only the right to ask at all is refused as an error."""
        try:
            place = await self._place(question.resource)
        except GongzhiError as error:
            await self._may_ask(question.subject, paths.ROOT)
            return _denied(error.message)
        await self._may_ask(question.subject, place.path)
        if not known(question.action.name, question.resource.type):
            return _denied(f"{question.resource.type} has no action {question.action.name}, or is no resource here.")
        try:
            principal = await self._principal(question.subject)
        except NotFound as error:
            return _denied(error.message)
        relations = place.relations + self._own(principal, question.resource)
        decision = decide(
            principal, question.action.name, question.resource.type, place.path, relations, owner=place.owner
        )
        context = {"reason": decision.reason, "rule": decision.explanation.rule, "revision": decision.revision}
        return authzen.Answer(decision.allowed, {name: value for name, value in context.items() if value})

    async def evaluate_all(self, asked: authzen.Evaluations) -> Result:
        """Several decisions in their order, as far as the semantic goes."""
        questions = asked.questions()
        if not asked.evaluations:
            return _built(await self.evaluate(questions[0]))
        stops = {"deny_on_first_deny": False, "permit_on_first_permit": True}
        answers: list[authzen.Answer] = []
        for question in questions:
            answers.append(await self.evaluate(question))
            if stops.get(asked.options.evaluations_semantic) is answers[-1].decision:
                break
        return {"evaluations": [_built(answer) for answer in answers]}

    async def subjects(self, asked: authzen.SubjectSearch) -> Result:
        """The accounts that may do something, by code."""
        place = await self._place(asked.resource)
        require(self.context.principal, "explain", "permissions.policy", place.path)
        limit = asked.page.limit or authzen.PAGE_LIMIT
        if asked.subject.type != ACCOUNT or not known(asked.action.name, asked.resource.type):
            return _page([], limit, str)
        wanted = Wanted(asked.action.name, asked.resource.type, place.path, place.relations, place.owner)
        found = await accounts_that_can(wanted, asked.page.token or "", limit + 1)
        return _page(found, limit, lambda code: {"type": ACCOUNT, "id": code})

    async def resources(self, asked: authzen.ResourceSearch) -> Result:
        """The territory paths at and below which the subject may do something to resources of a type."""
        await self._may_ask(asked.subject, await accounts.home())
        limit = asked.page.limit or authzen.PAGE_LIMIT
        if not known(asked.action.name, asked.resource.type):
            return _page([], limit, str)
        principal = await self._principal(asked.subject)
        found = sorted(scope(principal, asked.action.name, asked.resource.type).paths)
        rest = [path for path in found if path > (asked.page.token or "")]
        return _page(rest, limit, lambda path: {"type": asked.resource.type, "id": path})

    async def actions(self, asked: authzen.ActionSearch) -> Result:
        """The actions that the subject may do to a resource."""
        place = await self._place(asked.resource)
        await self._may_ask(asked.subject, place.path)
        principal = await self._principal(asked.subject)
        names = [each.action for each in what_can(principal, place.path) if each.resource == asked.resource.type]
        relations = place.relations + self._own(principal, asked.resource)
        allowed = [
            name
            for name in names
            if decide(principal, name, asked.resource.type, place.path, relations, owner=place.owner).allowed
        ]
        return _page(allowed, authzen.PAGE_LIMIT, lambda name: {"name": name})

    async def _may_ask(self, subject: authzen.Subject, path: str) -> None:
        mine = subject.type == ACCOUNT and subject.id == self.context.principal.account_code
        if not mine:
            place = path if path != paths.ROOT else await accounts.home()
            require(self.context.principal, "explain", "permissions.policy", place)

    async def _principal(self, subject: authzen.Subject) -> Principal:
        if subject.type != ACCOUNT:
            raise NotFound(f"There are no subjects of the type {subject.type}; use {ACCOUNT}.")
        if subject.id == self.context.principal.account_code:
            return self.context.principal
        return await principal_for(subject.id)

    async def _place(self, resource: authzen.Resource) -> Place:
        said = resource.properties
        owner = await self._organization(said.get("owner"))
        relations = tuple(each for each in said.get("relations", ()) if isinstance(each, str))
        path = said.get("path", resource.id if resource.id.startswith("/") else None)
        if path is not None:
            return Place(paths.parse(str(path), "resource.properties.path"), owner, relations)
        if not resource.id:
            raise Invalid.at("resource.id", "the resource is nowhere", "give a path, a global id, or properties.path")
        (record,) = await fetch_nodes(self.context, [resource.id], "resource.id")
        found = getattr(record, "path", None)
        if record is None or found is None:
            raise NotFound("There is no such record, or it stands at no place; give properties.path.")
        return Place(found, owner or getattr(record, "organization", None) or record.id, relations)

    async def _organization(self, code: object) -> UUID | None:
        if not isinstance(code, str):
            return None
        found = await self.context.loaders.organization_of_code.load(code)
        if found is None:
            raise NotFound(f"There is no organization {code[:64]!r}.")
        return found.id

    def _own(self, principal: Principal, resource: authzen.Resource) -> tuple[str, ...]:
        mine = resource.type == accounts.RESOURCE and resource.id == principal.account_code
        return (OWN,) if mine else ()


def _denied(reason: str) -> authzen.Answer:
    return authzen.Answer(False, {"reason": reason})


def _built(answer: authzen.Answer) -> Result:
    found: Result = msgspec.to_builtins(answer)
    return found


def _page(found: list[str], limit: int, shown: Callable[[str], Any]) -> Result:
    more = len(found) > limit
    return {
        "results": [shown(each) for each in found[:limit]],
        "page": {"next_token": found[limit - 1] if more else ""},
    }


QUESTIONS: dict[str, tuple[type[Any], str]] = {
    "evaluation": (authzen.Evaluation, "evaluate"),
    "evaluations": (authzen.Evaluations, "evaluate_all"),
    "search/subject": (authzen.SubjectSearch, "subjects"),
    "search/resource": (authzen.ResourceSearch, "resources"),
    "search/action": (authzen.ActionSearch, "actions"),
}
"""Address below /access/v1 -> what it takes, and what answers it."""


def handlers(services: Services, verifier: TokenVerifier) -> list[HTTPRouteHandler]:
    """The addresses of the decision point."""

    def route(name: str, kind: type[Any], method: str) -> HTTPRouteHandler:
        @post(f"/access/v1/{name}", status_code=200, name=f"authzen-{name}")
        async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
            settings = services.settings
            incoming = Incoming(request.scope, request.receive)
            body = await incoming.body(settings.body_limit_bytes, settings.body_timeout_seconds)
            asked = authzen.parsed(body, kind)
            headers = request.headers
            source = request.client.host if request.client else None
            with pinned(), gathering():
                context = await context_of(services, verifier, credentials_of(headers, source))
                found = await getattr(DecisionPoint(context), method)(asked)
            echoed = {"X-Request-ID": headers["x-request-id"]} if "x-request-id" in headers else {}
            return Response(msgspec.json.encode(found), media_type="application/json", headers=echoed)

        return answer

    @get("/.well-known/authzen-configuration", sync_to_thread=False)
    def configuration(request: Request[Any, Any, Any]) -> dict[str, str]:
        """Where the endpoints are."""
        return authzen.metadata(str(request.base_url).rstrip("/"))

    return [configuration, *(route(name, kind, method) for name, (kind, method) in QUESTIONS.items())]
