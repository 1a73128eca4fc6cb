"""Generated policies with callers and requests, and what one plain `casbin.Enforcer` says to them."""

from collections.abc import Collection
from random import Random
from uuid import UUID

import msgspec

from gongzhi.core.permissions import ANY, OWN, Binding, Principal, Resource, Role, Snapshot, Vocabulary
from gongzhi.core.permissions.judge import enforcer
from gongzhi.core.permissions.model import OURS, Model
from gongzhi.core.permissions.rules import Link, Rule
from gongzhi.core.permissions.vocabulary import Contribution

PLACES = ("/", "/", "/f", "/f", "/f2", "/f/n", "/f/n2", "/f/n/d", "/f/n/d/g1", "/f/n-d", "/f/m")
"""Small and full of names that begin like others."""

STRANGE = ("", "f", "/f/", "/f//n", "/F", "//", "/f/n/d/g1/deeper/still", "/nowhere")
ROLES = ("public", "a", "b", "c", "d", "e")
RESOURCES = (
    Resource("x.one", "", "", ("read", "edit", "edit_all"), (ANY, OWN, "party")),
    Resource("x.two", "", "", ("read", "edit"), (ANY, OWN)),
    Resource("xy.one", "", "", ("read",)),
)
VOCABULARY = Vocabulary.collect([Contribution("test", RESOURCES, tuple(Role(name, "", "") for name in ROLES))])
OBJECTS = ("x.one", "x.two", "xy.one", "x.*", "x*", "*")
ACTIONS = ("read", "edit", "edit_all", "edit*", "*")
WIDE = ("*",)
ORGANIZATIONS = (UUID(int=1), UUID(int=2))
ACCOUNT = "account:zhang"

ALLOW_OVERRIDE = OURS.replace(" && !some(where (p.eft == deny))", "")
DENY_OVERRIDE = OURS.replace("some(where (p.eft == allow)) && ", "")
REGEX = OURS.replace("keyMatch(r.obj, p.obj)", "regexMatch(r.obj, p.obj)")
"""`*` is no regular expression: rules with it raise inside Casbin, which must mean deny."""

FOREIGN = (ALLOW_OVERRIDE, DENY_OVERRIDE, REGEX)


class Request(msgspec.Struct, frozen=True):
    """One question about a record."""

    action: str
    resource: str
    path: str
    relations: tuple[str, ...]
    owner: UUID | None


class World:
    """One generated policy and one caller, with the plain enforcer that is the measure of both."""

    def __init__(self, random: Random, *, foreign: bool = False) -> None:
        self.random = random
        text = random.choice(FOREIGN) if foreign else OURS
        self.rules = [self._rule(line) for line in range(1, random.randint(1, 16))]
        self.links = [self._link(line) for line in range(1, random.randint(1, 6))]
        self.snapshot = Snapshot(VOCABULARY, (), Model(text, text == OURS), self.rules, self.links)
        self.principal = Principal(
            account_id=UUID(int=9),
            account_code="zhang",
            bindings=tuple(self._binding() for _ in range(random.choice((0, 1, 2, 3, 5)))),
            acting_for=random.choice((None, None, None, *ORGANIZATIONS)),
        )
        rules = [rule.values for rule in self.rules]
        links = [link.values for link in self.links] + [(ACCOUNT, "role:public", "/")]
        counted = [b for b in self.principal.bindings if self.principal.acting_for in (None, b.organization_id)]
        self._members = {binding.organization_id for binding in counted}
        self._enforcer = enforcer(text, rules, links + [_as_link(binding) for binding in counted])
        self._owned = {
            organization: enforcer(
                text, rules, links + [_as_link(b) for b in counted if b.organization_id in (None, organization)]
            )
            for organization in ORGANIZATIONS
        }

    def _subject(self) -> str:
        return ACCOUNT if self.random.random() < 0.1 else f"role:{self.random.choice(ROLES)}"

    def _rule(self, line: int) -> Rule:
        choice = self.random.choice
        objects, actions = choice((OBJECTS, WIDE)), choice((ACTIONS, WIDE))
        effect = choice(("allow", "allow", "allow", "allow", "deny"))
        relation = choice((ANY, ANY, OWN, "party"))
        return Rule(self._subject(), choice(PLACES), choice(objects), choice(actions), relation, effect, "w.csv", line)

    def _link(self, line: int) -> Link:
        return Link(self._subject(), f"role:{self.random.choice(ROLES)}", self.random.choice(PLACES), "w.csv", line)

    def _binding(self) -> Binding:
        choice = self.random.choice
        return Binding(choice(ROLES), choice(PLACES), UUID(int=5), choice(ORGANIZATIONS))

    def request(self, random: Random) -> Request:
        """A request about something of the vocabulary, mostly at a plain place and in one relation."""
        resource = random.choice(RESOURCES)
        path = random.choice(STRANGE if random.random() < 0.05 else PLACES)
        # A relation that the resource does not declare is no relation to us; to Casbin `any` is all that it matches.
        asked = random.choice(((), (), (OWN,), ("party",), (OWN, "party"), ("unknown",)))
        relations = tuple(each for each in asked if each in resource.relations or each == "unknown")
        owner = random.choice((None, None, None, *ORGANIZATIONS)) if OWN in resource.relations else None
        return Request(random.choice(resource.action_names), resource.name, path, relations, owner)

    def ours(self, request: Request) -> bool:
        """What the compiled snapshot decides."""
        pair = (request.resource, request.action)
        return self.snapshot.allows(self.principal, pair, request.path, request.relations, request.owner)

    def casbins(self, request: Request) -> bool:
        """What Casbin decides over the whole policy: in some relation allowed, in none denied or in error."""
        verdicts = [self._ask(self._enforcer, request, relation) for relation in {ANY, *request.relations}]
        if request.owner in self._members and request.owner is not None:
            verdicts.append(self._ask(self._owned[request.owner], request, OWN))
        return "allowed" in verdicts and "denied" not in verdicts

    def _ask(self, judge: object, request: Request, relation: str) -> str:
        asked = (ACCOUNT, request.path, request.resource, request.action, relation)
        try:
            allowed, rule = judge.enforce_ex(*asked)  # type: ignore[attr-defined]  # pycasbin has no types
        except Exception:  # noqa: BLE001 - whatever a matcher raises, an error means deny
            return "denied"
        if allowed:
            return "allowed"
        overriding = self.snapshot.model.text != ALLOW_OVERRIDE
        return "denied" if overriding and rule and rule[-1] == "deny" else "neither"

    def describe(self, request: Request, difference: str = "") -> str:
        """The world in the words of its files, for a failing case."""
        lines: Collection[str] = [rule.text for rule in self.rules]
        links = [", ".join(("g", *link.values)) for link in self.links]
        return "\n".join([difference, *lines, *links, repr(self.principal), repr(request), self.snapshot.model.text])


def _as_link(binding: Binding) -> tuple[str, str, str]:
    return (ACCOUNT, f"role:{binding.role}", binding.path)
