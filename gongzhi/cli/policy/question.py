"""What is asked on the command line about a policy, with every name checked: a misspelt one would just be denied."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

import click
import msgspec

from gongzhi.cli.policy.source import Source
from gongzhi.core.errors import Invalid
from gongzhi.core.permissions.compiler import Pair
from gongzhi.core.territory.path import ROOT, parse


class Question(msgspec.Struct, frozen=True):
    """May this action be done to this resource at this path, standing in these relations to the record?"""

    action: str
    resource: str
    path: str
    relations: tuple[str, ...]

    @property
    def pair(self) -> Pair:
        """(resource, action), as the tables have it."""
        return (self.resource, self.action)

    @property
    def text(self) -> str:
        """`update catalogue.offering at /futian (own)`."""
        return f"{self.action} {self.resource} at {self.path}" + (
            f" ({', '.join(self.relations)})" if self.relations else ""
        )


def question(found: Source, action: str, resource: str, path: str, relations: Iterable[str] = ()) -> Question:
    """The question, or a usage error with the nearest name that there is."""
    resources = found.vocabulary.resources
    choose("RESOURCE", resource, resources)
    choose("ACTION", action, resources[resource].action_names)
    for relation in relations:
        choose("--relation", relation, resources[resource].relations)
    return Question(action, resource, territory(found, path), tuple(relations))


def territory(found: Source, path: str) -> str:
    """The path, which must be that of a territory where there is a database to ask."""
    try:
        parse(path)
    except Invalid as error:
        raise click.BadParameter(error.message, param_hint="PATH") from error
    known = found.known_paths()
    if known is not None:
        choose("PATH", path, {ROOT, *known})
    return path


def choose(what: str, given: str, valid: Collection[str]) -> None:
    """Refuse a name that there is not, proposing the nearest, or all when they are few."""
    if given in valid:
        return
    nearest = get_close_matches(given, valid, n=1)
    few = f"Use one of {', '.join(valid)}." if len(valid) <= 20 else "`gongzhi policy matrix` lists the resources."
    proposal = f"Did you mean {nearest[0]}?" if nearest else few if what != "PATH" else "Write it like /futian/nanyuan."
    raise click.BadParameter(f"there is no {given!r}. {proposal}", param_hint=what)
