"""Policies compiled into tables: for each role, resource, action and place, the verdict of Casbin.

Why the tables hold what Casbin would say to each request:

1. *Places.* Our matcher reads the request's path only through `within(path, d)`, for paths `d` written in rules and
   links. Two paths that lie within the same ones get the same answer; which ones is told by the nearest of them above
   the path. So it is enough to judge at those paths (and the root), and to look up the nearest.
2. *Rules.* The effect depends on the matching rules only, so leaving out rules that cannot match changes nothing. A
   rule is left out when Casbin's role manager does not reach its subject, when `within` fails, or when Casbin's
   `keyMatch` fails: each is a factor of the matcher.
3. *Names.* Of the rules that remain, subject, path, resource and action satisfy their factors. Putting the same names
   in their place on both sides changes no factor, so equal sets of (rel, eft) need judging once, wherever they apply.
4. *Several roles, several relations.* The rules that match a caller are the union of those that match each role in
   each relation. "Some allow and no deny" over a union follows from allow/deny/neither over its parts.

A hypothesis test holds all of this against one plain `casbin.Enforcer` over the whole policy.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from gongzhi.core.permissions import judge
from gongzhi.core.permissions.model import Model
from gongzhi.core.permissions.rules import ACCOUNT_PREFIX, ROLE_PREFIX, Link, Rule, bare
from gongzhi.core.permissions.vocabulary import Vocabulary
from gongzhi.core.territory.path import ROOT, ancestors

Pair = tuple[str, str]
"""(resource, action)"""

Masks = tuple[int, int]
"""Bits of the relations that are allowed, and of those that are denied; bit i is the resource's i-th relation."""

Cell = dict[str, Masks]
"""Place -> verdict. The nearest place at or above a record's path answers for it; the root is always there."""

Row = Mapping[str, Cell]
"""Subject -> cell. A role stands under its bare name, an account with its prefix. No cell: no verdict."""

Shape = tuple[str, str]
"""(rel, eft): what remains of a rule when it is known to whom, where and to what it applies."""

NOTHING: Masks = (0, 0)


def masks_of(verdicts: Iterable[int]) -> Masks:
    """Verdicts in the order of the relations, as two bit sets."""
    allow = deny = 0
    for bit, verdict in enumerate(verdicts):
        allow |= (verdict == judge.ALLOWED) << bit
        deny |= (verdict == judge.DENIED) << bit
    return allow, deny


KNOWN_PATHS = 50_000
_above: dict[str, tuple[str, ...]] = {}
"""Paths that were asked about lately, each with itself and the places above it: a decision cuts no strings."""


def nearest(cell: Mapping[str, Masks], path: str) -> Masks:
    """The verdict of the nearest place at or above `path`."""
    for place in at_and_above(path):
        if (found := cell.get(place)) is not None:
            return found
    return NOTHING


def at_and_above(path: str) -> tuple[str, ...]:
    """The path and every path above it, nearest first, ending with the root."""
    places = _above.get(path)
    if places is None:
        if len(_above) >= KNOWN_PATHS:
            _above.clear()
        places = _above[path] = tuple(dict.fromkeys((path, *ancestors(path))))
    return places


def thin(cell: Cell) -> Cell:
    """The cell without places that say what the nearest place above them says."""
    kept: Cell = {ROOT: cell.get(ROOT, NOTHING)}
    for place in sorted(cell, key=len):
        if nearest(kept, place) != cell[place]:
            kept[place] = cell[place]
    return kept


class Inheritance:
    """Which subjects' rules apply to a role, and where."""

    def __init__(self, model: Model, links: Sequence[Link]) -> None:
        self._links = [link for link in links if not link.child.startswith(ACCOUNT_PREFIX)]
        self._roles = judge.Roles(model.text, [link.values for link in self._links])
        self._above: dict[str, list[Link]] = defaultdict(list)
        for link in self._links:
            self._above[link.child].append(link)

    def of(self, subject: str) -> dict[str, frozenset[str]]:
        """Place -> the subjects whose rules apply from there down, until the next place. The root is always there."""
        reachable, places, stack = {subject}, {ROOT}, [subject]
        while stack:
            for link in self._above[stack.pop()]:
                places.add(link.dom)
                if link.parent not in reachable:
                    reachable.add(link.parent)
                    stack.append(link.parent)
        if len(reachable) == 1:
            return {ROOT: frozenset(reachable)}
        reaches = self._roles.reaches
        return {place: frozenset(each for each in reachable if reaches(subject, each, place)) for place in places}


class Compiler:
    """One compilation under our own model. `tables()` is the result."""

    def __init__(self, model: Model, rules: Sequence[Rule], links: Sequence[Link], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._judge = judge.Judge(model.text)
        self._inheritance = Inheritance(model, links)
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            self._rules[rule.sub].append(rule)
        self._pairs: dict[Pair, list[Pair]] = {}
        self._ancestors: dict[str, list[str]] = {}
        self._verdicts: dict[tuple[frozenset[Shape], tuple[str, ...]], Masks] = {}

    def tables(self) -> dict[Pair, dict[str, Cell]]:
        """(resource, action) -> subject -> cell."""
        tables: dict[Pair, dict[str, Cell]] = {pair: {} for pair in self._vocabulary.pairs()}
        roles = [ROLE_PREFIX + name for name in self._vocabulary.roles]
        for subject in (*roles, *(sub for sub in self._rules if sub.startswith(ACCOUNT_PREFIX))):
            applying = self._inheritance.of(subject)
            for pair, shapes in self._gather(applying).items():
                tables[pair][bare(subject)] = self._cell(pair, shapes, applying)
        return tables

    def _gather(self, applying: Mapping[str, frozenset[str]]) -> dict[Pair, dict[str, set[tuple[str, Shape]]]]:
        """(resource, action) -> place -> the (subject, shape) of the rules written for that place."""
        found: dict[Pair, dict[str, set[tuple[str, Shape]]]] = {}
        for subject in frozenset().union(*applying.values()):
            for rule in self._rules.get(subject, ()):
                entry = (subject, (rule.rel, rule.eft))
                for pair in self._matching(rule.obj, rule.act):
                    found.setdefault(pair, {}).setdefault(rule.dom, set()).add(entry)
        return found

    def _matching(self, obj: str, act: str) -> list[Pair]:
        """The (resource, action) that Casbin's keyMatch finds for two patterns."""
        if (obj, act) not in self._pairs:
            matching = judge.key_match
            every = self._vocabulary.pairs()
            self._pairs[obj, act] = [pair for pair in every if matching(pair[0], obj) and matching(pair[1], act)]
        return self._pairs[obj, act]

    def _cell(
        self, pair: Pair, written: Mapping[str, set[tuple[str, Shape]]], applying: Mapping[str, frozenset[str]]
    ) -> Cell:
        cell: Cell = {}
        for place in {ROOT, *written, *applying}:
            above = self._ancestors_of(place)
            subjects = next(applying[each] for each in above if each in applying)
            shapes = frozenset(
                shape for each in above if each in written for subject, shape in written[each] if subject in subjects
            )
            cell[place] = self._masks(shapes, pair)
        return thin(cell)

    def _ancestors_of(self, place: str) -> list[str]:
        if place not in self._ancestors:
            self._ancestors[place] = ancestors(place)
        return self._ancestors[place]

    def _masks(self, shapes: frozenset[Shape], pair: Pair) -> Masks:
        relations = self._vocabulary.resources[pair[0]].relations
        key = (shapes, relations)
        if key not in self._verdicts:
            ordered = sorted(shapes)
            self._verdicts[key] = masks_of(self._judge.verdict_on(ordered, relation) for relation in relations)
        return self._verdicts[key]


class ForeignTables(dict[Pair, Row]):
    """The tables under another model: Casbin judges the whole policy, for each cell when it is first asked for.

    Nothing is known of such a matcher except that it reads the path as ours does (`model.read` sees to that), so no
    rule can be left out. Each cell costs (places x relations) full decisions, once; policies should stay small.
    """

    def __init__(self, model: Model, rules: Sequence[Rule], links: Sequence[Link], vocabulary: Vocabulary) -> None:
        judged = judge.Judge(model.text, [rule.values for rule in rules], [link.values for link in links])
        places = {ROOT, *(rule.dom for rule in rules), *(link.dom for link in links)}
        for pair in vocabulary.pairs():
            self[pair] = ForeignRow(judged, pair, vocabulary.resources[pair[0]].relations, places)


class ForeignRow(dict[str, Cell]):
    """The cells of one (resource, action), each judged when it is first looked up."""

    def __init__(self, judged: judge.Judge, pair: Pair, relations: Sequence[str], places: Iterable[str]) -> None:
        self._judged, self._pair, self._relations, self._places = judged, pair, relations, tuple(places)

    def get(self, subject: str, default: Cell | None = None) -> Cell:  # type: ignore[override]  # never the default
        """The cell of a subject, judged now if it was not yet."""
        if subject not in self:
            name = subject if subject.startswith(ACCOUNT_PREFIX) else ROLE_PREFIX + subject
            self[subject] = thin(
                {
                    place: masks_of(
                        self._judged.verdict(name, place, *self._pair, relation) for relation in self._relations
                    )
                    for place in self._places
                }
            )
        return self[subject]


def compile_tables(
    model: Model, rules: Sequence[Rule], links: Sequence[Link], vocabulary: Vocabulary
) -> Mapping[Pair, Row]:
    """The tables of a checked policy."""
    if model.standard:
        return Compiler(model, rules, links, vocabulary).tables()
    return ForeignTables(model, rules, links, vocabulary)
