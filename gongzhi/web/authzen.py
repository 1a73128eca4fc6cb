"""AuthZEN 1.0: other systems ask for decisions. https://openid.net/specs/authorization-api-1_0.html

How its words map to ours: a subject of the type `account` has an account's code as its id; an action's name is an
action of the vocabulary; a resource's type is a resource of the vocabulary, and its id the global id of a record or a
territory path. `properties` of a resource may say `path`, `owner` (an organization's code) and `relations`, for records
that only the asking system holds.

Who is signed in may ask about themselves; asking about others needs `permissions.policy` `explain` at the place.
Whatever is unknown is denied, with the reason in the decision's context; only a malformed request is an error.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gongzhi.core.errors import Invalid
from gongzhi.core.fields import problem_of

MOST_EVALUATIONS = 100
PAGE_LIMIT = 100
Text = Annotated[str, Meta(min_length=1, max_length=255)]
Properties = dict[str, Any]


class Subject(msgspec.Struct, frozen=True):
    """Who is asked about."""

    type: Text
    id: Text
    properties: Properties = {}


class SubjectKind(msgspec.Struct, frozen=True):
    """What kind of subject is searched for."""

    type: Text
    properties: Properties = {}


class Action(msgspec.Struct, frozen=True):
    """What is to be done."""

    name: Text
    properties: Properties = {}


class Resource(msgspec.Struct, frozen=True):
    """To what."""

    type: Text
    id: Annotated[str, Meta(max_length=512)] = ""
    properties: Properties = {}


class Page(msgspec.Struct, frozen=True):
    """Which page of a search's results: `token` as an earlier page gave it."""

    token: str | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_LIMIT)] | None = None


class Evaluation(msgspec.Struct, frozen=True):
    """One question."""

    subject: Subject
    action: Action
    resource: Resource
    context: Properties = {}


class PartialEvaluation(msgspec.Struct, frozen=True):
    """One question of several; what it leaves out is what the request says for all."""

    subject: Subject | None = None
    action: Action | None = None
    resource: Resource | None = None
    context: Properties | None = None


class Options(msgspec.Struct, frozen=True):
    """How far several questions are answered."""

    evaluations_semantic: Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"] = "execute_all"


class Evaluations(msgspec.Struct, frozen=True):
    """Several questions at once; without any, the request itself is the question."""

    subject: Subject | None = None
    action: Action | None = None
    resource: Resource | None = None
    context: Properties | None = None
    evaluations: Annotated[tuple[PartialEvaluation, ...], Meta(max_length=MOST_EVALUATIONS)] = ()
    options: Options = Options()

    def questions(self) -> list[Evaluation]:
        """Each question with what it takes over from the request; Invalid names what is left out."""
        parts = self.evaluations or (PartialEvaluation(),)
        return [self._whole(part, index) for index, part in enumerate(parts)]

    def _whole(self, part: PartialEvaluation, index: int) -> Evaluation:
        found: dict[str, Any] = {}
        for name in ("subject", "action", "resource"):
            value = getattr(part, name) or getattr(self, name)
            if value is None:
                place = f"evaluations.{index}.{name}" if self.evaluations else name
                raise Invalid.at(place, f"the question has no {name}", "give one here or for all")
            found[name] = value
        return Evaluation(**found, context=part.context or self.context or {})


class SubjectSearch(msgspec.Struct, frozen=True):
    """Who may do this to that?"""

    subject: SubjectKind
    action: Action
    resource: Resource
    context: Properties = {}
    page: Page = Page()


class ResourceKind(msgspec.Struct, frozen=True):
    """What kind of resource is searched for."""

    type: Text
    properties: Properties = {}


class ResourceSearch(msgspec.Struct, frozen=True):
    """Where may this subject do this?"""

    subject: Subject
    action: Action
    resource: ResourceKind
    context: Properties = {}
    page: Page = Page()


class ActionSearch(msgspec.Struct, frozen=True):
    """What may this subject do to that?"""

    subject: Subject
    resource: Resource
    context: Properties = {}
    page: Page = Page()


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A decision with its reason."""

    decision: bool
    context: Mapping[str, Any] = {}


def metadata(base: str) -> dict[str, str]:
    """The metadata document of a decision point at an address."""
    access = f"{base}/access/v1"
    return {
        "policy_decision_point": base,
        "access_evaluation_endpoint": f"{access}/evaluation",
        "access_evaluations_endpoint": f"{access}/evaluations",
        "search_subject_endpoint": f"{access}/search/subject",
        "search_resource_endpoint": f"{access}/search/resource",
        "search_action_endpoint": f"{access}/search/action",
    }


def parsed(body: bytes, kind: type[Any]) -> Any:
    """A request's body as one of these structs, or Invalid naming the member that is wrong. Others are ignored."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Invalid("the request is not valid", [problem_of(error)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"the body is not JSON in UTF-8: {error}") from None
