"""One compiled policy: immutable, with a revision. Deciding by it takes a few dictionary look-ups and no rule."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from gongzhi.core.errors import Invalid
from gongzhi.core.permissions.checker import check_files
from gongzhi.core.permissions.compiler import Cell, Pair, Row, at_and_above, compile_tables
from gongzhi.core.permissions.model import Model
from gongzhi.core.permissions.model import read as read_model
from gongzhi.core.permissions.principal import SYSTEM, Binding, Principal
from gongzhi.core.permissions.retiring import retire
from gongzhi.core.permissions.roles import PUBLIC
from gongzhi.core.permissions.rules import ACCOUNT_PREFIX, Link, PolicyFile, Rule, bare
from gongzhi.core.permissions.vocabulary import OWN, Vocabulary
from gongzhi.core.territory.path import ROOT

EVERYBODY = Binding(PUBLIC, ROOT)
"""What each caller holds without any membership."""

MODEL_FILE = "model.conf"


class Snapshot:
    """A compiled policy. Nothing in it changes after it was made, so any thread may decide by it at any time.

    `revision` is the hash of the files' contents; `commit` the git commit of the directory they came from, if any.
    `bits` gives the bit of each relation of each resource; `tables` are described in `compiler`.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        files: Sequence[PolicyFile],
        model: Model,
        rules: Sequence[Rule],
        links: Sequence[Link],
        *,
        commit: str | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self.files = tuple(files)
        self.model = model
        self.rules = tuple(rules)
        self.links = tuple(links)
        self.commit = commit
        self.revision = revision_of(files)
        self.tables: Mapping[Pair, Row] = compile_tables(model, rules, links, vocabulary)
        self.bits = {
            name: {relation: 1 << bit for bit, relation in enumerate(resource.relations)}
            for name, resource in vocabulary.resources.items()
        }
        self._bound: dict[str, tuple[Binding, ...]] = _account_bindings(rules, links, model)
        codes = {account.removeprefix(ACCOUNT_PREFIX): held for account, held in self._bound.items()}
        self._by_code: dict[str | None, tuple[Binding, ...]] = dict(codes.items())
        self.derived: dict[Hashable, Any] = {}
        """What `scope` has worked out, by caller; nothing in it refers to this snapshot."""
        self.about: dict[tuple[str, Pair], tuple[Rule, ...]] = {}
        """Which rules of a subject are about an action on a resource, as far as `explanation` has asked."""
        self._by_id = {UUID(code): held for code, held in codes.items() if _is_uuid(code)}

    def __del__(self) -> None:
        """Nobody decides by it any more: its many parts are freed elsewhere, little by little."""
        tables = getattr(self, "tables", {})
        parts = [cell for row in tables.values() for cell in row.values()]
        retire([*parts, *getattr(self, "rules", ()), *self.__dict__.values()])

    def held(self, principal: Principal) -> tuple[Binding, ...]:
        """Every binding that counts for a caller: everybody's, those of a policy file, and the memberships'.

        With `acting_for`, memberships in other organizations do not count. The operator at the command line holds
        the system role alone, so that no deny for the public can lock it out.
        """
        if principal.bindings == SYSTEM.bindings:
            return principal.bindings
        bindings = principal.bindings
        if principal.acting_for is not None:
            bindings = tuple(b for b in bindings if b.organization_id in (None, principal.acting_for))
        if not self._bound or principal.account_id is None:
            return (EVERYBODY, *bindings)
        named = self._by_code.get(principal.account_code, ())
        identified = self._by_id.get(principal.account_id, ()) if self._by_id else ()
        return (EVERYBODY, *named, *identified, *bindings)

    def masks(
        self,
        bindings: Iterable[Binding],
        pair: Pair,
        path: str,
        relations: Collection[str] = (),
        owner: UUID | None = None,
    ) -> tuple[int, int]:
        """The bits of the asked relations under which the bindings are allowed, and under which they are denied.

        `owner` is the organization that the record belongs to: it stands in the relation `own` to the bindings that
        come from a membership in it, and to bindings without organization of a caller who is a member of it.
        """
        row = self.tables.get(pair)
        if row is None:
            return 0, 0
        bits = self.bits[pair[0]]
        asked = 1
        for relation in relations:
            asked |= bits.get(relation, 0)
        own = bits.get(OWN, 0) if owner is not None else 0
        member = own and any(binding.organization_id == owner for binding in bindings)
        places = at_and_above(path)
        allow = deny = 0
        for binding in bindings:
            where = binding.path
            if where != ROOT and where != path and not path.startswith(where + "/"):
                continue
            cell = row.get(binding.role)
            if cell is None:
                continue
            # `nearest`, written out: a call for each binding costs as much as the rest of a decision.
            for place in places:
                if (found := cell.get(place)) is not None:
                    break
            else:
                continue
            mask = asked
            if member and binding.organization_id in (None, owner):
                mask |= own
            allow |= found[0] & mask
            deny |= found[1] & mask
        return allow, deny

    def allows(
        self, principal: Principal, pair: Pair, path: str, relations: Collection[str] = (), owner: UUID | None = None
    ) -> bool:
        """The decision itself, as fast as it gets: some binding allows, and none denies."""
        allow, deny = self.masks(self.held(principal), pair, path, relations, owner)
        return bool(allow) and not deny

    def cell(self, subject: str, pair: Pair) -> Cell | None:
        """The verdicts over places of a role (bare name) or an account (`account:<id>`)."""
        row = self.tables.get(pair)
        return row.get(subject) if row is not None else None

    @cached_property
    def rules_of(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules by their subject, written as in the files. For explanations."""
        grouped: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            grouped[rule.sub].append(rule)
        return {sub: tuple(rules) for sub, rules in grouped.items()}

    @cached_property
    def links_of(self) -> Mapping[str, tuple[Link, ...]]:
        """The links by their lower end, written as in the files. For explanations."""
        grouped: dict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            grouped[link.child].append(link)
        return {child: tuple(links) for child, links in grouped.items()}

    @property
    def accounts(self) -> Mapping[str, tuple[Binding, ...]]:
        """The accounts that policy files name, and what they hold there."""
        return self._bound


def _account_bindings(rules: Sequence[Rule], links: Sequence[Link], model: Model) -> dict[str, tuple[Binding, ...]]:
    """What files give to accounts. Under our model an account's links are bindings like those of memberships.

    Under another model Casbin judges the account with its links as one subject.
    """
    found: dict[str, list[Binding]] = defaultdict(list)
    for rule in rules:
        if rule.sub.startswith(ACCOUNT_PREFIX) and not found[rule.sub]:
            found[rule.sub].append(Binding(rule.sub, ROOT))
    for link in links:
        if link.child.startswith(ACCOUNT_PREFIX):
            if model.standard:
                found[link.child].append(Binding(bare(link.parent), link.dom))
            elif not found[link.child]:
                found[link.child].append(Binding(link.child, ROOT))
    return {account: tuple(bindings) for account, bindings in found.items()}


def _is_uuid(code: str) -> bool:
    try:
        return str(UUID(code)) == code
    except ValueError:
        return False


def revision_of(files: Iterable[PolicyFile]) -> str:
    """Twelve hexadecimal digits that change whenever the name or the content of any file does."""
    digest = sha256()
    for file in files:
        digest.update(f"{file.name}\0{len(file.content)}\0".encode())
        digest.update(file.content)
    return digest.hexdigest()[:12]


def compile_policy(
    files: Sequence[PolicyFile],
    vocabulary: Vocabulary,
    territories: Collection[str] | None = None,
    *,
    commit: str | None = None,
) -> Snapshot:
    """Check and compile files, of which one is `model.conf`; Invalid with every problem of every file.

    `territories` None leaves it unchecked whether the territories that rules name exist.
    """
    models = [file for file in files if file.name == MODEL_FILE]
    checked = check_files([file for file in files if file.name != MODEL_FILE], vocabulary, territories)
    model = read_model(models[-1].content.decode("utf-8", "replace"), MODEL_FILE) if models else []
    problems = [*(model if isinstance(model, list) else []), *checked.problems]
    if problems or isinstance(model, list):
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        raise Invalid(f"The policy has {count}; the first: {problems[0]}", problems)
    last = _last.get("compiled")
    if last is not None and (last.commit, last.files, last.vocabulary) == (commit, tuple(files), vocabulary):
        return last
    _last["compiled"] = Snapshot(vocabulary, files, model, checked.rules, checked.links, commit=commit)
    return _last["compiled"]


_last: dict[str, Snapshot] = {}
"""The policy that was compiled last: a start compiles its own twice, to see whether all plugins' fit and to decide."""
