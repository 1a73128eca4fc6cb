"""Policy lines against the vocabulary: every name must exist, and a wrong one is told its nearest valid neighbour."""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions import reader, redundancy
from gongzhi.core.permissions.judge import key_match
from gongzhi.core.permissions.reader import Line
from gongzhi.core.permissions.roles import SYSTEM_ROLE
from gongzhi.core.permissions.rules import ACCOUNT_PREFIX, ALLOW, DENY, ROLE_PREFIX, SHIPPED, Link, PolicyFile, Rule
from gongzhi.core.permissions.vocabulary import Resource, Vocabulary
from gongzhi.core.territory.path import ROOT, parse

RESERVED_FILE = "system.csv"
"""The only file that may name `role:system`. It is shipped, and a directory cannot replace it."""

_ACCOUNT = re.compile(r"account:[A-Za-z0-9][A-Za-z0-9._@-]*")

Fault = tuple[str, str] | None
"""(message, remedy), or None when a value is good."""


class Checked:
    """What a set of files says, and everything that is wrong with it."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.links: list[Link] = []
        self.problems: list[Problem] = []


def check_files(files: Sequence[PolicyFile], vocabulary: Vocabulary, known_paths: Collection[str] | None) -> Checked:
    """Read and check files in the order given. `known_paths` None leaves it unchecked whether territories exist."""
    checked = Checked()
    names = _Names(vocabulary, known_paths)
    for file in files:
        for line in reader.read(file):
            if isinstance(line, Problem):
                checked.problems.append(line)
            elif line.kind == "p":
                _rule(line, names, checked)
            else:
                _link(line, names, checked)
    checked.problems.extend(redundancy.problems(checked.rules, checked.links))
    return checked


def _rule(line: Line, names: "_Names", checked: Checked) -> None:
    sub, dom, obj, act, rel, eft = line.columns
    faults = (
        names.subject(sub, line.file),
        names.place(dom),
        names.resource(obj),
        names.action(obj, act),
        names.relation(obj, act, rel),
        names.effect(eft),
    )
    if _report(line, faults, checked):
        checked.rules.append(Rule(sub, dom, obj, act, rel, eft, line.file.name, line.number, line.file.layer))


def _link(line: Line, names: "_Names", checked: Checked) -> None:
    child, parent, dom = line.columns
    faults = (names.subject(child, line.file), names.role(parent, line.file), names.place(dom))
    if _report(line, faults, checked):
        checked.links.append(Link(child, parent, dom, line.file.name, line.number, line.file.layer))


def _report(line: Line, faults: Iterable[Fault], checked: Checked) -> bool:
    good = True
    for index, fault in enumerate(faults):
        if fault:
            good = False
            checked.problems.append(line.problem(index, *fault))
    return good


class _Names:
    """The valid names of each column. Answers are remembered, because large policies repeat few values."""

    def __init__(self, vocabulary: Vocabulary, known_paths: Collection[str] | None) -> None:
        self._roles = [ROLE_PREFIX + name for name in vocabulary.roles]
        self._resources = vocabulary.resources
        self._known = None if known_paths is None else {ROOT, *known_paths}
        self._answers: dict[tuple[str, ...], Fault] = {}
        self._covered: dict[tuple[str, str], list[Resource]] = {}

    def role(self, value: str, file: PolicyFile) -> Fault:
        if value == ROLE_PREFIX + SYSTEM_ROLE and (file.layer != SHIPPED or file.name != RESERVED_FILE):
            return "role:system is reserved for the operator at the command line", "use role:district.admin"
        if value in self._roles:
            return None
        return f"{value!r} is not a role", _nearest(value, self._roles, "a role is written like role:auditor")

    def subject(self, value: str, file: PolicyFile) -> Fault:
        if value.startswith(ACCOUNT_PREFIX):
            return (
                None if _ACCOUNT.fullmatch(value) else (f"{value!r} is not an account", "write it like account:zhang")
            )
        return self.role(value, file)

    def place(self, value: str) -> Fault:
        key = ("place", value)
        if key not in self._answers:
            self._answers[key] = self._place(value)
        return self._answers[key]

    def _place(self, value: str) -> Fault:
        if self._known is not None and value not in self._known:
            return f"there is no territory {value!r}", _nearest(value, self._known, "write it like /futian/nanyuan")
        try:
            parse(value)
        except Invalid:
            return f"{value!r} is not a territory path", "write it like /futian/nanyuan, or / for everywhere"
        return None

    def resource(self, value: str) -> Fault:
        key = ("resource", value)
        if key not in self._answers:
            self._answers[key] = None
            if fault := _star(value):
                self._answers[key] = fault
            elif not any(key_match(name, value) for name in self._resources):
                nearest = _nearest(value, self._resources, "`gongzhi policy matrix` lists the resources")
                self._answers[key] = f"{value!r} is not a resource", nearest
        return self._answers[key]

    def _having(self, obj: str, act: str) -> list[Resource]:
        """The resources under a pattern that have an action under the other."""
        if (obj, act) not in self._covered:
            self._covered[obj, act] = [
                resource
                for name, resource in self._resources.items()
                if key_match(name, obj) and any(key_match(action, act) for action in resource.action_names)
            ]
        return self._covered[obj, act]

    def action(self, obj: str, value: str) -> Fault:
        """Actions are not judged under an unknown resource: that fault is reported once."""
        if fault := _star(value):
            return fault
        if self.resource(obj) or self._having(obj, value):
            return None
        actions = {action for resource in self._having(obj, "*") for action in resource.action_names}
        return f"{obj} has no action {value!r}", _nearest(value, actions, "")

    def relation(self, obj: str, act: str, value: str) -> Fault:
        key = ("relation", obj, act, value)
        if key not in self._answers:
            covered = self._having(obj, act)
            relations = {relation for resource in covered for relation in resource.relations}
            self._answers[key] = None
            if covered and value not in relations:
                self._answers[key] = f"{obj} has no relation {value!r}", _nearest(value, relations, "")
        return self._answers[key]

    @staticmethod
    def effect(value: str) -> Fault:
        if value in (ALLOW, DENY):
            return None
        if "#" in value:
            return f"{value!r} is not an effect", "a comment needs a line of its own"
        return f"{value!r} is not an effect", _nearest(value, (ALLOW, DENY), "")


def _star(pattern: str) -> Fault:
    if "*" in pattern[:-1]:
        return f"{pattern!r} has a * before its end", "Casbin ignores what follows a *: write it last, or not at all"
    return None


def _nearest(value: str, valid: Collection[str], otherwise: str) -> str:
    """What to write instead: the nearest valid name, or the whole choice when it is small."""
    close = get_close_matches(value.lower(), valid, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return otherwise or f"use one of {', '.join(sorted(valid))}"
