"""Policy tests as data: files of principals, records, and what each may do.

A case file is YAML:

    at: 2026-03-02T09:00:00+08:00           # the clock stands still there
    principals:
      director: {posts: [{kind: committee, position: director, at: /d/s/c, organization: committee}]}
      zhang:    {account: zhang}            # what policy files give to account:zhang
      someone:  {roles: [{role: auditor, at: /d}], acting_for: committee}
      operator: {system: true}
    records:
      - name: the committee's function list
        resource: catalogue.edition
        at: /d/s/c
        organization: committee             # whom it belongs to: `own` to its members
        relations: {director: [party]}      # further relations, for each principal
        allow: {everybody: [read], director: [edit]}
        rules: {director edit: "p, role:committee.member, /, catalogue.edition, edit, own, allow"}

What `allow` does not list must be denied. Each answer is asked for twice, as a decision about the record and as the
list of records that `Scope.where` finds in SQL; the two must agree.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
import yaml

from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions.principal import ANONYMOUS, SYSTEM, Binding, Principal
from gongzhi.core.permissions.roles import Post, bindings_for

EVERYBODY = "everybody"

Mark = tuple[int, int]
"""(line, column), from 1."""

_AT = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class PostSpec(msgspec.Struct, forbid_unknown_fields=True):
    """A membership: its role follows from the kind of organization and the position."""

    kind: str
    position: str
    at: str
    organization: str | None = None


class RoleSpec(msgspec.Struct, forbid_unknown_fields=True):
    """A role held directly, for roles that no post of core gives."""

    role: str
    at: str
    organization: str | None = None


class PrincipalSpec(msgspec.Struct, forbid_unknown_fields=True):
    """A caller. An empty one is anonymous."""

    posts: list[PostSpec] = []
    roles: list[RoleSpec] = []
    account: str | None = None
    acting_for: str | None = None
    system: bool = False

    def principal(self, name: str) -> Principal:
        """The caller as the decision sees it."""
        if self.system:
            return SYSTEM
        if not (self.posts or self.roles or self.account):
            return ANONYMOUS
        posts = [Post(p.kind, p.position, (p.at,), identity(name), identity(p.organization)) for p in self.posts]
        roles = [Binding(r.role, r.at, None, identity(r.organization)) for r in self.roles]
        return Principal(
            account_id=identity(name),
            account_code=self.account or name,
            bindings=(*bindings_for(posts), *roles),
            acting_for=identity(self.acting_for),
        )


class RecordSpec(msgspec.Struct, forbid_unknown_fields=True):
    """A record and who may do what to it."""

    name: str
    resource: str
    at: str
    organization: str | None = None
    relations: dict[str, list[str]] = {}
    allow: dict[str, list[str]] = {}
    rules: dict[str, str] = {}

    def allowed(self, principal: str) -> set[str]:
        """The actions that a principal must be allowed; all others must be denied."""
        return {*self.allow.get(EVERYBODY, ()), *self.allow.get(principal, ())}


class CaseFile(msgspec.Struct, forbid_unknown_fields=True):
    """One file of cases."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    principals: dict[str, PrincipalSpec]
    records: list[RecordSpec]


class Marked(msgspec.Struct, frozen=True):
    """A case file with the place at which each of its records begins."""

    cases: CaseFile
    marks: Mapping[str, Mark]


def identity(name: str | None) -> UUID | None:
    """The same id for the same name, in every run."""
    return None if name is None else uuid5(NAMESPACE_URL, f"gongzhi:case:{name}")


def read_cases(name: str, content: bytes) -> Marked:
    """A case file, or Invalid with the place of what is wrong: the first mistake of form, or every unknown name."""
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
        found: CaseFile = msgspec.convert(yaml.safe_load(content), CaseFile)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _refused(
            name, f"not YAML: {error.problem}", (mark.line + 1, mark.column + 1) if mark else (1, 1)
        ) from error
    except msgspec.ValidationError as error:
        at = _AT.search(str(error))
        raise _refused(name, _AT.sub("", str(error)), _mark(node, at[1] if at else "")) from error
    marks = {record.name: _mark(node, f".records[{index}]") for index, record in enumerate(found.records)}
    if problems := list(_contradictions(name, found, node)):
        raise Invalid(f"{name} contradicts itself; the first: {problems[0]}", problems)
    return Marked(found, marks)


def _refused(name: str, message: str, mark: Mark) -> Invalid:
    problem = Problem(message=message, file=name, row=mark[0], column=str(mark[1]))
    return Invalid(str(problem), [problem])


def _contradictions(name: str, found: CaseFile, node: Any) -> Iterator[Problem]:
    """Every record of a name that was used before, and every principal that a record names and nothing declares."""
    declared = [EVERYBODY, *found.principals]
    names = [record.name for record in found.records]
    for index, record in enumerate(found.records):
        if record.name in names[:index]:
            row, column = _mark(node, f".records[{index}]")
            message = f"there is already a record {record.name!r}"
            yield Problem(message=message, file=name, row=row, column=str(column), remedy="name it otherwise")
        for field, principal in _named(record):
            if principal not in declared:
                row, column = _mark(node, f".records[{index}].{field}")
                nearest = get_close_matches(principal, declared, n=1)
                remedy = f"did you mean {nearest[0]}?" if nearest else "declare it under principals"
                message = f"the file declares no principal {principal!r}"
                yield Problem(message=message, file=name, row=row, column=str(column), remedy=remedy)


def _named(record: RecordSpec) -> Iterator[tuple[str, str]]:
    """(path of the place within the record, principal) for each principal that it names."""
    yield from ((f"allow.{principal}", principal) for principal in record.allow)
    yield from ((f"relations.{principal}", principal) for principal in record.relations)
    yield from (("rules", key.rpartition(" ")[0]) for key in record.rules)


def _mark(node: Any, path: str) -> Mark:
    """Where the value of a path such as `.records[0].allow` stands; as near as the document has it."""
    mark = node.start_mark if node is not None else None
    for name, index in _STEP.findall(path):
        if isinstance(node, yaml.MappingNode) and name:
            key, node = next(((k, v) for k, v in node.value if k.value == name), (None, None))
            mark = key.start_mark if key is not None else mark
        elif isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
            node = node.value[int(index)]
            mark = node.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
