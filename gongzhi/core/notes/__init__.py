"""Attachments by reference, and comments: what people add to a record of any register.

A file stays where it is kept; here are its address, its digest and its type. Nothing is deleted: what is taken off, or
withdrawn, stays known as that. Whoever may read a record reads both; adding needs `attach` or `comment` on it.
"""

from gongzhi.core.notes.commands import attach_command, comment_command, detach_command, withdraw_command
from gongzhi.core.notes.records import Attachment, Comment
from gongzhi.core.notes.service import (
    attach,
    attachments_by_ids,
    attachments_of,
    comment,
    comments_by_ids,
    comments_of,
    detach,
    withdraw,
)

__all__ = [
    "Attachment",
    "Comment",
    "attach",
    "attach_command",
    "attachments_by_ids",
    "attachments_of",
    "comment",
    "comment_command",
    "comments_by_ids",
    "comments_of",
    "detach",
    "detach_command",
    "withdraw",
    "withdraw_command",
]
