"""Attachments and comments in the API: fields of a record's type, and mutations named after it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import strawberry

from gongzhi.core import journal, notes
from gongzhi.core.notes import records
from gongzhi.core.permissions import Resource, current
from gongzhi.core.register import Register
from gongzhi.graphql.access import VIEWER, Needs
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import field, present, viewer
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.mutations import Mutation
from gongzhi.graphql.people import Account
from gongzhi.graphql.relay import Node, node_type
from gongzhi.graphql.scalars import SafeInt
from gongzhi.graphql.workflows import place, registers

C = TypeVar("C", bound=type)
Find = Callable[[Iterable[UUID]], Awaitable[Mapping[UUID, Any]]]
UseCase = Callable[..., Awaitable[Any]]
ATTACHMENTS, COMMENTS = "attachments", "comments"


def _loader(find: Find, field: str) -> Any:
    """Notes by id, for those who may read the record that they belong to, and `field` of it."""

    async def load(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
        found = await find(ids)
        kinds: dict[str, list[UUID]] = {}
        for note in found.values():
            kind, _, key = note.record.partition(":")
            kinds.setdefault(kind, []).append(UUID(key))
        seen: set[str] = set()
        for kind, keys in kinds.items():
            register = registers.get(kind)
            if register is not None:
                shown = (await register.by_ids(context.principal, keys)).values()
                seen |= {journal.label_of(each) for each in shown if _may(context, register, field, each)}
        return {key: note for key, note in found.items() if note.record in seen}

    return load


def _may(context: Context, register: Register[Any], field: str, record: Any) -> bool:
    declared = current().vocabulary.resources.get(register.resource)
    action = declared.guarded_fields.get(field) if declared else None
    return action is None or register.decide(context.principal, action, record).allowed


async def _name(info: Info, key: UUID | None) -> str | None:
    person = await info.context.loaders.account.load(key) if key is not None else None
    return person.name if person is not None else None


@node_type(records.Attachment, _loader(notes.attachments_by_ids, ATTACHMENTS))
class Attachment(Node):
    """A file by reference: it stays where it is kept."""

    title: str = viewer("What it is.")
    uri: str = viewer("Where it is kept.")
    digest: str = viewer("Its SHA-256, in hexadecimal: whoever fetches it can tell that it is the same.")
    media_type: str = viewer("Its media type.")
    size: SafeInt | None = viewer("Its bytes; null where that was not said.")
    added_at: datetime = viewer("When it was attached.")

    @viewer("The name of who attached it.")
    async def added_by_name(root: strawberry.Parent[records.Attachment], info: Info) -> str | None:
        """Whoever may read the record may know who added to it."""
        return await _name(info, root.added_by)

    added_by = viewer("Who attached it.", resolver=loaded(Account | None, "loaders.account", "added_by"))


@node_type(records.Comment, _loader(notes.comments_by_ids, COMMENTS))
class Comment(Node):
    """What somebody said about a record."""

    text: str | None = viewer("What they said; null where it was withdrawn.")
    at: datetime = viewer("When.")
    withdrawn_at: datetime | None = viewer("When it was withdrawn; null where it stands.")

    @viewer("The author's name.")
    async def author_name(root: strawberry.Parent[records.Comment], info: Info) -> str | None:
        """Whoever may read the record may know who speaks."""
        return await _name(info, root.author)

    author = viewer("Who.", resolver=loaded(Account | None, "loaders.account", "author"))


def annotated(resource: Resource) -> Callable[[C], C]:
    """Give a type the fields `attachments` and `comments`. Stands under the decorator that makes the class a type.

    Where the resource guards fields of these names, their readers need that action.
    """

    def add(cls: C) -> C:
        async def attachments(root: strawberry.Parent[Any], info: Info) -> list[Attachment] | None:
            return present(await info.context.batch(notes.attachments_of, journal.label_of(root)) or [])

        async def comments(root: strawberry.Parent[Any], info: Info) -> list[Comment] | None:
            return present(await info.context.batch(notes.comments_of, journal.label_of(root)) or [])

        for name, resolver, text in (
            (ATTACHMENTS, attachments, "Files that were attached by reference, in their order."),
            (COMMENTS, comments, "Comments, in their order."),
        ):
            action = resource.guarded_fields.get(name)
            access = VIEWER if action is None else Needs(resource.name, action, place)
            setattr(cls, name, field(text, access, resolver=resolver))
        return cls

    return add


def notes_of(register: Register[Any], node: type) -> tuple[Mutation, ...]:
    """The mutations that attach to and comment on the records of a register; `node` is their GraphQL type.

    The resource declares the actions `attach` and `comment`.
    """
    kind, record = register.record.__name__, {register.noun: node}

    def mutation(
        verb: str, command: type, action: str, use_case: Callable[..., Any], results: Any, text: str
    ) -> Mutation:
        return Mutation(
            name=f"{verb}{kind}",
            command=command,
            resource=register.resource,
            action=action,
            perform=lambda context, given: use_case(context.principal, register, given),
            results=results,
            description=text,
        )

    attached, said = {**record, "attachment": Attachment}, {**record, "comment": Comment}
    attach, detach = notes.attach_command(register), notes.detach_command(register)
    comment, withdraw = notes.comment_command(register), notes.withdraw_command(register)
    return (
        mutation("attachTo", attach, "attach", notes.attach, attached, "Attach a file by reference."),
        mutation("detachFrom", detach, "attach", notes.detach, record, "Take your attachment off."),
        mutation("commentOn", comment, "comment", notes.comment, said, "Comment on it."),
        mutation("withdrawCommentOn", withdraw, "comment", notes.withdraw, record, "Withdraw your comment."),
    )
