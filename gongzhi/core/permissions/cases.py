"""Policy tests as data: principals, records and what each may do, run against a snapshot.

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

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
import yaml

from gongzhi.core import clock
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions.compiler import Pair
from gongzhi.core.permissions.explanation import explain
from gongzhi.core.permissions.listing import Listing
from gongzhi.core.permissions.principal import ANONYMOUS, SYSTEM, Binding, Principal
from gongzhi.core.permissions.roles import Post, bindings_for
from gongzhi.core.permissions.rules import Rule
from gongzhi.core.permissions.running import pinned
from gongzhi.core.permissions.snapshot import Snapshot

EVERYBODY = "everybody"


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

    at: datetime
    principals: dict[str, PrincipalSpec]
    records: list[RecordSpec]


class Failure(msgspec.Struct, frozen=True):
    """One answer that is not the expected one."""

    file: str
    record: str
    principal: str
    action: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.record}: {self.principal} {self.action}: {self.message}"


class Report(msgspec.Struct, frozen=True):
    """The outcome of a run. `decisions` counts the single answers; each was also looked for in a list."""

    revision: str
    records: int
    decisions: int
    failures: tuple[Failure, ...]
    covered: tuple[Rule, ...]
    uncovered: tuple[Rule, ...]

    @property
    def passed(self) -> bool:
        """Whether every answer was the expected one. Coverage is reported, not judged."""
        return not self.failures

    @property
    def coverage(self) -> float:
        """The share of rules that decided at least one answer, 0 to 1."""
        rules = len(self.covered) + len(self.uncovered)
        return len(self.covered) / rules if rules else 1.0


def identity(name: str | None) -> UUID | None:
    """The same id for the same name, in every run."""
    return None if name is None else uuid5(NAMESPACE_URL, f"gongzhi:case:{name}")


def read_cases(name: str, content: bytes) -> CaseFile:
    """A case file, or Invalid with the place of its first mistake."""
    try:
        found: CaseFile = msgspec.convert(yaml.safe_load(content), CaseFile)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        row, column = (mark.line + 1, str(mark.column + 1)) if mark else (1, "1")
        raise Invalid(
            f"{name} is not YAML.", [Problem(message=str(error.problem), file=name, row=row, column=column)]
        ) from error
    except msgspec.ValidationError as error:
        raise Invalid(f"{name}: {error}", [Problem(message=str(error), file=name)]) from error
    for record in found.records:
        for principal in {*record.allow, *record.relations} - {EVERYBODY, *found.principals}:
            wrong = f"{record.name!r} names the principal {principal!r}, which the file does not declare"
            raise Invalid(wrong, [Problem(message=wrong, file=name)])
    return found


def run_cases(files: Mapping[str, bytes], snapshot: Snapshot) -> Report:
    """Run case files (name -> content) against a snapshot. Invalid when a file cannot be read as cases."""
    failures: list[Failure] = []
    covered: dict[Rule, None] = {}
    records = decisions = 0
    for name, content in files.items():
        cases = read_cases(name, content)
        run = _Run(name, cases, snapshot, covered)
        with clock.frozen(cases.at), pinned(snapshot):
            failures.extend(run.failures())
        records += len(cases.records)
        decisions += run.decisions
    uncovered = tuple(rule for rule in snapshot.rules if rule not in covered)
    return Report(snapshot.revision, records, decisions, tuple(failures), tuple(covered), uncovered)


class _Run:
    """One file's cases against one snapshot."""

    def __init__(self, name: str, cases: CaseFile, snapshot: Snapshot, covered: dict[Rule, None]) -> None:
        self._name = name
        self._cases = cases
        self._snapshot = snapshot
        self._covered = covered
        self.decisions = 0

    def failures(self) -> Iterator[Failure]:
        yield from self._unknown()
        for name, spec in self._cases.principals.items():
            principal = spec.principal(name)
            for resource in dict.fromkeys(record.resource for record in self._cases.records):
                if resource in self._snapshot.vocabulary.resources:
                    yield from self._resource(name, principal, resource)

    def _unknown(self) -> Iterator[Failure]:
        """Records that speak of what the vocabulary does not have, which no answer could ever meet."""
        for record in self._cases.records:
            resource = self._snapshot.vocabulary.resources.get(record.resource)
            if resource is None:
                yield Failure(self._name, record.name, "-", "-", f"there is no resource {record.resource}")
                continue
            for principal, actions in record.allow.items():
                for action in set(actions) - set(resource.action_names):
                    yield Failure(self._name, record.name, principal, action, f"{record.resource} has no such action")

    def _resource(self, name: str, principal: Principal, resource: str) -> Iterator[Failure]:
        records = [record for record in self._cases.records if record.resource == resource]
        standing = {record.name: tuple(record.relations.get(name, ())) for record in records}
        rows = [(each.name, each.at, identity(each.organization), standing[each.name]) for each in records]
        with Listing(rows) as listing:
            for action in self._snapshot.vocabulary.resources[resource].action_names:
                listed = listing.shown(principal, action, resource)
                for record in records:
                    yield from self._answer(name, principal, record, action, record.name in listed)

    def _answer(
        self, name: str, principal: Principal, record: RecordSpec, action: str, listed: bool
    ) -> Iterator[Failure]:
        self.decisions += 1
        pair: Pair = (record.resource, action)
        relations = tuple(record.relations.get(name, ()))
        why = explain(self._snapshot, principal, pair, record.at, relations, identity(record.organization))
        self._covered.update(dict.fromkeys(ground.rule for ground in why.grounds))
        for message in _mistakes(why.allowed, listed, action in record.allowed(name), why.reason):
            yield Failure(self._name, record.name, name, action, message)
        expected = record.rules.get(f"{name} {action}")
        if expected is not None and expected not in [ground.rule.text for ground in why.grounds]:
            yield Failure(
                self._name, record.name, name, action, f"decided by {why.rule or 'no rule'}, not {expected!r}"
            )


def _mistakes(allowed: bool, listed: bool, expected: bool, reason: str) -> Iterable[str]:
    if allowed != expected:
        yield f"expected {'allowed' if expected else 'denied'}: {reason}"
    if listed != allowed:
        yield f"the decision says {'allowed' if allowed else 'denied'}, the list {'shows' if listed else 'hides'} it"
