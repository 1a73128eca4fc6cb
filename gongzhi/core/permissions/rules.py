"""The lines of policy files as values, each with the place it stands at."""

import msgspec

ALLOW = "allow"
DENY = "deny"
ROLE_PREFIX = "role:"
ACCOUNT_PREFIX = "account:"

SHIPPED = 0
"""Layer of the files that come with gongzhi and its plugins."""

DIRECTORY = 1
"""Layer of the administrator's files, which may widen, narrow or deny what is shipped."""


class PolicyFile(msgspec.Struct, frozen=True):
    """One policy file as bytes: decoding is a part of checking. `name` is how messages call it."""

    name: str
    content: bytes
    layer: int = SHIPPED


class Rule(msgspec.Struct, frozen=True, gc=False):
    """A `p` line: `sub` may (deny: may not) do `act` to `obj` at `dom` and below, standing in `rel` to the record."""

    sub: str
    dom: str
    obj: str
    act: str
    rel: str
    eft: str
    file: str
    line: int
    layer: int = SHIPPED

    @property
    def place(self) -> str:
        """`file:line`, as error messages and explanations show it."""
        return f"{self.file}:{self.line}"

    @property
    def values(self) -> tuple[str, str, str, str, str, str]:
        """The six fields in the order of Casbin's policy definition."""
        return (self.sub, self.dom, self.obj, self.act, self.rel, self.eft)

    @property
    def text(self) -> str:
        """The rule as a file writes it."""
        return ", ".join(("p", *self.values))


class Link(msgspec.Struct, frozen=True, gc=False):
    """A `g` line: `child` (a role or an account) holds the role `parent` at `dom` and below."""

    child: str
    parent: str
    dom: str
    file: str
    line: int
    layer: int = SHIPPED

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

    @property
    def values(self) -> tuple[str, str, str]:
        """The three fields in the order of Casbin's role definition."""
        return (self.child, self.parent, self.dom)


def bare(subject: str) -> str:
    """`role:auditor` as the tables hold it: `auditor`. An account keeps its prefix, so that the two cannot meet."""
    return subject.removeprefix(ROLE_PREFIX)
