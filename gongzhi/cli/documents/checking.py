"""Documents checked as the endpoint would: against the schema, and against the limits of somebody signed in."""

from collections.abc import Mapping, Sequence

import msgspec

from gongzhi.core.clients.records import NewDocument
from gongzhi.core.clients.service import document_digest
from gongzhi.core.errors import GongzhiError, Invalid, Problem
from gongzhi.core.settings import Settings
from gongzhi.graphql.endpoint.documents import Documents, Rejected
from gongzhi.graphql.endpoint.limits import check_cost
from gongzhi.graphql.schema import build_for
from gongzhi.installation import host_of


class Checked(msgspec.Struct, frozen=True):
    """A document that the endpoint would answer, with what each of its operations costs."""

    document: NewDocument
    digest: str
    costs: Mapping[str | None, int]


def checked(settings: Settings, documents: Sequence[NewDocument]) -> list[Checked]:
    """Every document with its costs.

    :raises Invalid: with what is wrong with each document that is not good.
    """
    known = Documents(build_for(host_of(settings))._schema, settings)
    found: list[Checked] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            read = known.get(document.text, introspection=True)
            costs = {name: check_cost(cost, {}, settings, anonymous=False) for name, cost in read.costs.items()}
            found.append(Checked(document, document_digest(document.text), costs))
        except Rejected as rejected:
            problems += [_problem(document, error.message, error.locations) for error in rejected.errors]
        except GongzhiError as error:
            problems.append(Problem(error.message, file=document.name))
    if problems:
        raise Invalid("\n".join(map(str, problems)), problems)
    return found


def _problem(document: NewDocument, message: str, locations: object) -> Problem:
    row = locations[0].line if isinstance(locations, list) and locations else None
    return Problem(message, file=document.name, row=row)
