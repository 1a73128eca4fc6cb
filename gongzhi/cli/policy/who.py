"""`gongzhi policy who-can` and `what-can`: the questions the other way round."""

from itertools import groupby
from pathlib import Path

import click
import msgspec

from gongzhi.cli.policy import options, output
from gongzhi.cli.policy.diff import people
from gongzhi.cli.policy.explain import NOBODY
from gongzhi.cli.policy.question import Question, question, territory
from gongzhi.cli.policy.source import Source, source
from gongzhi.cli.session import opened, run
from gongzhi.cli.workplace import principal_of
from gongzhi.core.permissions import ANONYMOUS, ANY, Ability, Holder, Principal, Snapshot, inquiry

SHOWN = 20
"""How many accounts the terminal lists; JSON has them all."""


class Answer(msgspec.Struct, frozen=True):
    """Who may do it: roles and accounts by rule, and the accounts that hold such roles there (None: not known)."""

    holders: tuple[Holder, ...]
    accounts: tuple[str, ...] | None
    revision: str


@click.command("who-can")
@click.argument("action")
@click.argument("resource")
@click.argument("path")
@click.option("--relation", "relations", multiple=True, metavar="NAME", help="Count accounts that so stand to it.")
@options.policies
@options.database
@options.as_json
def who_can(
    action: str,
    resource: str,
    path: str,
    relations: tuple[str, ...],
    policies: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """List who may do something at a place.

    The roles, and the accounts that files name, each with its rule; where there is a database, also the accounts that
    may do it today to any record, or to records to which they stand in the relations named.
    """
    found = source(policies, database)
    asked = question(found, action, resource, path, relations)
    policy = found.loaded(as_json)
    everybody = people(found)
    accounts = None if everybody is None else tuple(_allowed(policy, asked, everybody))
    answer = Answer(inquiry.who_can(action, resource, path, snapshot=policy), accounts, policy.revision)
    if as_json:
        output.echo_json(answer)
    else:
        click.echo(render(answer, asked))


def _allowed(policy: Snapshot, asked: Question, everybody: list[Principal]) -> list[str]:
    able = [each for each in everybody if policy.allows(each, asked.pair, asked.path, asked.relations)]
    return [each.account_code for each in able if each.account_code]


def render(answer: Answer, asked: Question) -> str:
    """The roles with their rules, then the accounts."""
    if not answer.holders:
        return f"Nobody may {asked.text}."
    lines = [f"Who may {asked.text}:"]
    width = max(len(holder.subject) for holder in answer.holders)
    for holder in answer.holders:
        through = f", through {' -> '.join(holder.chain)}" if len(holder.chain) > 1 else ""
        lines.append(f"  {holder.subject:<{width}}  {shown(holder.relations)}  {holder.rule}{through}")
    if answer.accounts is not None:
        more = f" and {len(answer.accounts) - SHOWN} more" if len(answer.accounts) > SHOWN else ""
        names = f": {', '.join(answer.accounts[:SHOWN])}{more}" if answer.accounts else ""
        lines.append(f"{output.counted(len(answer.accounts), 'account')} may today{names}.")
    return "\n".join(lines)


def shown(relations: tuple[str, ...]) -> str:
    """The relations, or `any` alone, which has the others within it."""
    return ANY if ANY in relations else ", ".join(relations)


@click.command("what-can")
@click.argument("account")
@click.argument("path")
@options.policies
@options.database
@options.as_json
def what_can(account: str, path: str, policies: Path | None, database: str | None, as_json: bool) -> None:
    """List what an account may do at a place.

    ACCOUNT is a code, or `anonymous`. Where it is not any record, the records are named in brackets.
    """
    found = source(policies, database)
    territory(found, path)
    policy = found.loaded(as_json)
    principal = ANONYMOUS if account == NOBODY else run(_principal(found, account))
    abilities = inquiry.what_can(principal, path, snapshot=policy)
    if as_json:
        output.echo_json({"account": account, "path": path, "abilities": abilities, "revision": policy.revision})
    else:
        click.echo(listed(abilities, f"{principal.label} at {path}"))


async def _principal(found: Source, account: str) -> Principal:
    async with opened(found.settings, found.apps):
        return await principal_of(account)


def listed(abilities: tuple[Ability, ...], whom: str) -> str:
    """A line for each resource with the actions on it."""
    if not abilities:
        return f"{whom} may do nothing."
    lines = [f"{whom} may:"]
    width = max(len(ability.resource) for ability in abilities)
    for name, of in groupby(abilities, key=lambda ability: ability.resource):
        actions = (each.action + ("" if ANY in each.relations else f" ({shown(each.relations)})") for each in of)
        lines.append(f"  {name:<{width}}  {', '.join(actions)}")
    return "\n".join(lines)
