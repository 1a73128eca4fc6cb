"""What callers say when they attach or comment; a command for each register, since it names the record by its kind."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.fields import node
from gongzhi.core.register import Register

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", description="What it is.")]
Address = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=2000,
        description="Where the file is kept: https without a user's name in it, or a urn.",
    ),
]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", description="The file's SHA-256, in hexadecimal.")]
MediaType = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$(?!\n)",
        description="The file's media type, such as application/pdf.",
    ),
]
Size = Annotated[int, Meta(ge=0, le=2**53 - 1, description="The file's bytes.")]
Words = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"\S", description="What there is to say.")]
_ATTACHMENT = Annotated[UUID, node("Attachment", "The attachment.")]
_COMMENT = Annotated[UUID, node("Comment", "The comment.")]


def attach_command(register: Register[Any]) -> type[msgspec.Struct]:
    """The command that attaches a file to a record of a register."""
    fields = [("title", Title), ("uri", Address), ("digest", Digest), ("media_type", MediaType)]
    return _command(register, "AttachTo", [*fields, ("size", Size | None, None)], "Attach a file by reference.")


def detach_command(register: Register[Any]) -> type[msgspec.Struct]:
    """The command that takes an attachment off a record of a register."""
    return _command(register, "DetachFrom", [("attachment", _ATTACHMENT)], "Take an attachment off.")


def comment_command(register: Register[Any]) -> type[msgspec.Struct]:
    """The command that comments on a record of a register."""
    return _command(register, "CommentOn", [("text", Words)], "Comment on it.")


def withdraw_command(register: Register[Any]) -> type[msgspec.Struct]:
    """The command that withdraws a comment on a record of a register."""
    return _command(register, "WithdrawCommentOn", [("comment", _COMMENT)], "Withdraw a comment.")


def _command(register: Register[Any], verb: str, fields: list[Any], text: str) -> type[msgspec.Struct]:
    kind = register.record.__name__
    record = (register.noun, Annotated[UUID, node(kind, f"The {register.noun.replace('_', ' ')}.")])
    namespace = {"__doc__": text}
    return msgspec.defstruct(f"{verb}{kind}", [record, *fields], kw_only=True, frozen=True, namespace=namespace)
