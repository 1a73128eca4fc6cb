"""`gongzhi policy explain`: one decision in words."""

from pathlib import Path

import click
import msgspec

from gongzhi.cli.policy import options, output
from gongzhi.cli.policy.question import Question, question
from gongzhi.cli.policy.source import Source, source
from gongzhi.cli.session import opened, run
from gongzhi.cli.workplace import principal_of
from gongzhi.core.actors import memberships, organizations
from gongzhi.core.permissions import ANONYMOUS, Explanation, Ground, Principal, Snapshot
from gongzhi.core.permissions import explain as explained
from gongzhi.core.permissions.roles import PUBLIC

NOBODY = "anonymous"
"""How the command line names a caller who has not signed in."""


class Reason(msgspec.Struct, frozen=True):
    """One rule that decided: where it stands, through which roles it applies, and the membership that gives them."""

    rule: str
    text: str
    chain: tuple[str, ...]
    held_at: str
    membership: str


class Answer(msgspec.Struct, frozen=True):
    """What the command prints. `nearest` is empty unless nothing grants it."""

    allowed: bool
    sentence: str
    reasons: tuple[Reason, ...]
    nearest: tuple[str, ...]
    revision: str


@click.command()
@click.argument("account")
@click.argument("action")
@click.argument("resource")
@click.argument("path")
@click.option("--relation", "relations", multiple=True, metavar="NAME", help="How the account stands to the record.")
@click.option("--organization", metavar="CODE", help="Whom the record belongs to: own to those who hold a post there.")
@options.policies
@options.database
@options.as_json
def explain(
    account: str,
    action: str,
    resource: str,
    path: str,
    relations: tuple[str, ...],
    organization: str | None,
    policies: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Explain why an account may, or may not, do something.

    ACCOUNT is a code, or `anonymous`. Printed are the rule with its file and line, the chain of roles to it, and the
    membership that gives the role; for a denial what denies it, or the nearest grants.
    """
    found = source(policies, database)
    asked = question(found, action, resource, path, relations)
    answer = run(_answer(found, found.loaded(as_json), account, asked, organization))
    if as_json:
        output.echo_json(answer)
    else:
        click.echo(render(answer))


async def _answer(found: Source, policy: Snapshot, account: str, asked: Question, organization: str | None) -> Answer:
    async with opened(found.settings, found.apps):
        principal = ANONYMOUS if account == NOBODY else await principal_of(account)
        owner = (await organizations.find(organization)).id if organization is not None else None
        why = explained(policy, principal, asked.pair, asked.path, asked.relations, owner)
        posts = await _posts(why)
    return _told(principal, asked, why, posts)


async def _posts(why: Explanation) -> dict[object, str]:
    """Membership id -> the post in words, for those that the decision rests on."""
    held = await memberships.by_ids([g.binding.membership_id for g in why.grounds if g.binding.membership_id])
    places = await organizations.by_ids([post.organization for post in held.values()])
    return {
        id: f"{post.position} of {places[post.organization].code} {places[post.organization].name}"
        for id, post in held.items()
    }


def _told(principal: Principal, asked: Question, why: Explanation, posts: dict[object, str]) -> Answer:
    may = "may" if why.allowed else "may not"
    reasons = tuple(_reason(ground, posts.get(ground.binding.membership_id)) for ground in why.grounds)
    nearest = tuple(near.text for near in why.nearest)
    return Answer(why.allowed, f"{principal.label} {may} {asked.text}.", reasons, nearest, why.revision)


def _reason(ground: Ground, post: str | None) -> Reason:
    return Reason(ground.rule.place, ground.rule.text, ground.chain, ground.binding.path, post or _given(ground))


def _given(ground: Ground) -> str:
    """Where a role comes from that no membership gives."""
    return "none: everybody holds the role" if ground.binding.role == PUBLIC else "none: a policy file gives the role"


def render(answer: Answer) -> str:
    """The sentence, then what it rests on; for a denial that no rule makes, what would have been enough."""
    lines = [answer.sentence]
    for reason in answer.reasons:
        lines += ["", f"  rule        {reason.rule}: {reason.text}", f"  roles       {' -> '.join(reason.chain)}"]
        lines += [f"  membership  {reason.membership}, at {reason.held_at}"]
    if not answer.reasons:
        lines += ["  No rule grants it."]
    lines += [f"  It is {near}." for near in answer.nearest]
    return "\n".join([*lines, "", f"  policy      {answer.revision}"])
