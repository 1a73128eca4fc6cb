"""The pages on what the code declares: settings, errors, permission resources and roles."""

from collections.abc import Iterator

from docs.markdown import code, codes, heading, table
from gongzhi.core.errors import all_errors
from gongzhi.core.permissions import Vocabulary
from gongzhi.core.permissions.roles import ROLE_OF_POST
from gongzhi.core.permissions.vocabulary import Action
from gongzhi.core.settings import Settings, describe
from gongzhi.installation import standard


def settings() -> Iterator[str]:
    """Every setting."""
    yield from heading(
        "Settings",
        "In `gongzhi.toml` by name, or in the environment by variable, which wins. An unknown key is an error. "
        "`gongzhi settings` shows what is in force.",
    )
    yield from table(
        ("name", "variable", "value", "default", "meaning"),
        (
            (code(row.name), code(row.variable), row.expected, code(row.default), row.description)
            for row in describe(Settings)
        ),
    )


def errors() -> Iterator[str]:
    """Every error code."""
    yield from heading(
        "Errors",
        "A GraphQL error carries its code in `extensions.code`; outside GraphQL it is an RFC 9457 problem document. "
        "The message says what was wrong in this case; nothing of the machine or the database is in it.",
    )
    yield from table(
        ("code", "HTTP status", "meaning", "what to do"),
        ((code(error.code), str(error.status), error.meaning, error.remedy) for error in all_errors()),
    )


def resources() -> Iterator[str]:
    """What policies may speak of."""
    vocabulary = standard().vocabulary()
    yield from heading(
        "Resources and roles",
        "The words of policy files: a rule allows or denies a role an action on a resource, in a relation, at a place.",
    )
    yield from _resources(vocabulary)
    yield from ("", "## Roles", "")
    posts = {role: [post for post, given in ROLE_OF_POST.items() if given == role] for role in vocabulary.roles}
    yield from table(
        ("role", "title", "English", "posts that give it (kind of organization/position)"),
        (
            (code(f"role:{name}"), role.title, role.title_en, codes("/".join(post) for post in posts[name]))
            for name, role in vocabulary.roles.items()
        ),
    )


def _resources(vocabulary: Vocabulary) -> Iterator[str]:
    for name, resource in sorted(vocabulary.resources.items()):
        yield from (f"## `{name}`", "", f"{resource.title} ({resource.title_en}), from {vocabulary.owners[name]};")
        yield from (f"relations: {codes(resource.relations)}.", "")
        actions = (action if isinstance(action, Action) else Action(action) for action in resource.actions)
        yield from table(
            ("action", "title", "English", "guards"),
            (
                (code(action.name), action.title, action.title_en, _fields(resource.guarded_fields, action.name))
                for action in actions
            ),
        )
        yield ""


def _fields(guarded: dict[str, str], action: str) -> str:
    return codes(field for field, needed in guarded.items() if needed == action)
