"""Policy tests, run against a snapshot. `casefile` describes their form.

Each answer is asked for twice, as a decision about the record and as the list of records that `Scope.where` finds in
SQL; the two must agree.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from gongzhi.core import clock
from gongzhi.core.permissions.casefile import CaseFile, Marked, RecordSpec, identity, read_cases
from gongzhi.core.permissions.compiler import Pair
from gongzhi.core.permissions.explanation import explain
from gongzhi.core.permissions.listing import Listing
from gongzhi.core.permissions.principal import Principal
from gongzhi.core.permissions.rules import Rule
from gongzhi.core.permissions.running import pinned
from gongzhi.core.permissions.snapshot import Snapshot


class Failure(msgspec.Struct, frozen=True):
    """One answer that is not the expected one, and where the record begins that expects it."""

    file: str
    row: int
    column: int
    record: str
    principal: str
    action: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}:{self.column}: {self.record}: {self.principal} {self.action}: {self.message}"


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


def run_cases(files: Mapping[str, bytes], snapshot: Snapshot) -> Report:
    """Run case files (name -> content) against a snapshot. Invalid when a file cannot be read as cases."""
    failures: list[Failure] = []
    covered: dict[Rule, None] = {}
    records = decisions = 0
    for name, content in files.items():
        marked = read_cases(name, content)
        cases = marked.cases
        run = _Run(name, marked, snapshot, covered)
        with clock.frozen(cases.at), pinned(snapshot):
            failures.extend(run.failures())
        records += len(cases.records)
        decisions += run.decisions
    uncovered = tuple(rule for rule in snapshot.rules if rule not in covered)
    return Report(snapshot.revision, records, decisions, tuple(failures), tuple(covered), uncovered)


class _Run:
    """One file's cases against one snapshot."""

    def __init__(self, name: str, marked: Marked, snapshot: Snapshot, covered: dict[Rule, None]) -> None:
        self._name = name
        self._cases: CaseFile = marked.cases
        self._marks = marked.marks
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
                yield self._failure(record, "-", "-", f"there is no resource {record.resource}")
                continue
            for principal, actions in record.allow.items():
                for action in set(actions) - set(resource.action_names):
                    yield self._failure(record, principal, action, f"{record.resource} has no such action")

    def _failure(self, record: RecordSpec, principal: str, action: str, message: str) -> Failure:
        return Failure(self._name, *self._marks[record.name], record.name, principal, action, message)

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
            yield self._failure(record, name, action, message)
        expected = record.rules.get(f"{name} {action}")
        if expected is not None and expected not in [ground.rule.text for ground in why.grounds]:
            yield self._failure(record, name, action, f"decided by {why.rule or 'no rule'}, not {expected!r}")


def _mistakes(allowed: bool, listed: bool, expected: bool, reason: str) -> Iterable[str]:
    if allowed != expected:
        yield f"expected {'allowed' if expected else 'denied'}: {reason}"
    if listed != allowed:
        yield f"the decision says {'allowed' if allowed else 'denied'}, the list {'shows' if listed else 'hides'} it"
