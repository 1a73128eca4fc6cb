"""Policy lines against each other: duplicates, role cycles, and rules that another makes unreachable."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gongzhi.core.errors import Problem
from gongzhi.core.permissions import reader
from gongzhi.core.permissions.judge import MAX_LINKS, key_match
from gongzhi.core.permissions.retiring import retire
from gongzhi.core.permissions.roles import PUBLIC, SYSTEM_ROLE
from gongzhi.core.permissions.rules import ALLOW, DENY, ROLE_PREFIX, Link, Rule
from gongzhi.core.permissions.vocabulary import ANY
from gongzhi.core.territory.path import ancestors, within

MAX_INHERITANCE = MAX_LINKS - 1
"""Links between roles that Casbin still follows when the first link is an account's."""

Shape = tuple[str, str, str, str, str]
"""(sub, obj, act, rel, eft): a rule without its place."""


def problems(rules: Sequence[Rule], links: Sequence[Link]) -> Iterator[Problem]:
    """Everything that is wrong with lines that are each right by themselves."""
    yield from _duplicates(rules)
    yield from _duplicates(links)
    yield from _cycles(links)
    yield from _Cover(rules, links).unreachable()


def _at(line: Rule | Link, message: str, remedy: str) -> Problem:
    return reader.problem(line.file, line.line, 1, message, remedy)


def _duplicates(lines: Sequence[Rule] | Sequence[Link]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], Rule | Link] = {}
    for line in lines:
        if (earlier := first.setdefault(line.values, line)) is not line:
            remedy = "remove one of them"
            if earlier.layer != line.layer:
                remedy += "; a file of the same name replaces the shipped one"
            yield _at(line, f"the same as {earlier.place}", remedy)


def _cycles(links: Sequence[Link]) -> Iterator[Problem]:
    """Each cycle once, at the link that closes it; and chains longer than Casbin follows."""
    above: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.child.startswith(ROLE_PREFIX):
            above[link.child].append(link)
    depth: dict[str, int] = {}

    def visit(role: str, chain: tuple[str, ...]) -> Iterator[Problem]:
        depth[role] = 0
        for link in above[role]:
            if link.parent in (*chain, role):
                members = (*chain, role)[(*chain, role).index(link.parent) :]
                yield _at(link, f"a role cycle: {' -> '.join((*members, link.parent))}", "remove one of its links")
                continue
            if link.parent not in depth:
                yield from visit(link.parent, (*chain, role))
            depth[role] = max(depth[role], depth[link.parent] + 1)
            if depth[role] == MAX_INHERITANCE + 1:
                wrong = f"{role} inherits over {depth[role]} links; Casbin follows {MAX_INHERITANCE}"
                yield _at(link, wrong, "inherit more directly")

    for role in list(above):
        if role not in depth:
            yield from visit(role, ())


class _Cover:
    """Which rules leave nothing for others to decide."""

    def __init__(self, rules: Sequence[Rule], links: Sequence[Link]) -> None:
        self._rules = rules
        self._links: dict[str, list[Link]] = defaultdict(list)
        for link in links:
            self._links[link.child].append(link)
        self._placed: dict[Shape, dict[str, Rule]] = defaultdict(dict)
        for rule in rules:
            self._placed[_shape(rule)].setdefault(rule.dom, rule)
        self._by_subject: dict[str, list[Shape]] = defaultdict(list)
        for shape in self._placed:
            self._by_subject[shape[0]].append(shape)
        self._covering: dict[Shape, list[Shape]] = {}
        self._ancestors: dict[str, list[str]] = {}

    def unreachable(self) -> Iterator[Problem]:
        """A rule that decides nothing: another covers it with the same effect, or a deny takes away what it gives.

        What is shipped may be covered by a directory's rule, since that is how administrators change it.
        """
        for rule in self._rules:
            if other := self._covered_by(rule):
                if other.eft == rule.eft:
                    yield _at(rule, f"unreachable: {other.place} already says {other.text!r}", "remove one of them")
                else:
                    yield _at(rule, f"unreachable: {other.place} denies it: {other.text!r}", "remove one of them")
        retire([*self._placed.items(), *self._by_subject.items(), *self._covering.items(), *self._ancestors.items()])

    def _covered_by(self, rule: Rule) -> Rule | None:
        shape = _shape(rule)
        if shape not in self._covering:
            self._covering[shape] = list(self._shapes_over(shape))
        if not self._covering[shape]:
            return None
        if rule.dom not in self._ancestors:
            self._ancestors[rule.dom] = ancestors(rule.dom)
        for wider in self._covering[shape]:
            placed = self._placed[wider]
            for place in self._ancestors[rule.dom]:
                other = placed.get(place)
                if other and other.values != rule.values and other.layer <= rule.layer and self._applies(other, rule):
                    return other
        return None

    def _shapes_over(self, shape: Shape) -> Iterator[Shape]:
        """The shapes that match whatever `shape` matches, itself included: it may stand at a wider place."""
        sub, obj, act, rel, eft = shape
        subjects = [sub] if eft == DENY else [sub, *self._held_by(sub)]
        for holder in subjects:
            for other in self._by_subject.get(holder, ()):
                wide = key_match(obj, other[1]) and key_match(act, other[2]) and other[3] in (ANY, rel)
                if wide and (other[4] == DENY or (holder == sub and eft == ALLOW)):
                    yield other

    def _held_by(self, sub: str) -> list[str]:
        """Every other role that a subject holds somewhere; all but the system hold `public`."""
        held = [sub] if sub == ROLE_PREFIX + SYSTEM_ROLE else [sub, ROLE_PREFIX + PUBLIC]
        for each in held:
            held.extend(link.parent for link in self._links[each] if link.parent not in held)
        return held[1:]

    def _applies(self, other: Rule, rule: Rule) -> bool:
        """Whether `other` holds for the subject of `rule` wherever `rule` does: itself, as public, or through links."""
        if other.sub == rule.sub or other.sub == ROLE_PREFIX + PUBLIC:
            return True
        seen, stack = {rule.sub}, [rule.sub]
        while stack:
            for link in self._links[stack.pop()]:
                if within(rule.dom, link.dom) and link.parent not in seen:
                    seen.add(link.parent)
                    stack.append(link.parent)
        return other.sub in seen


def _shape(rule: Rule) -> Shape:
    return (rule.sub, rule.obj, rule.act, rule.rel, rule.eft)
