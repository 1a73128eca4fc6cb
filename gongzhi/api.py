"""What a plugin may import, and nothing else: documented, and stable within a range of host versions.

    from gongzhi.api import Module, hookimpl

Everything here is re-exported from where it is explained. The rooms of a plugin's folder need, roughly:

- `plugin.py`: `hookimpl`, `Module`, `DefaultPolicy`, `GraphQLPart`, `TypeExtension`, `EventHandler`, `packaged`;
- `tables.py`: `primary_key`, `PathColumn`, `CodeColumn`, and Piccolo's own columns;
- `resources.py`: `Resource`, `Action`, `Role` and the relations;
- `workflow.py`: `Workflow`, `Transition`, `Deadline`, `Step`, `Gate`;
- `service.py`: `Register`, `Principal`, `require`, `scope`, `clock`, `checked`, the errors, `ledger`, and core's
  records: `accounts`, `organizations`, `territory`;
- `schema.py`: `Mutation`, `of_caller`, `waiting`, `mutations_of`, `stateful`, `node_type`, `connection`, `field`,
  `public`, `viewer`, `private`, `guarded`, `loaded`, and core's types to refer to and to extend.

A name that leaves this module is announced one minor version before.
"""

from gongzhi.core import clock, ledger
from gongzhi.core.actors import accounts, memberships, organizations
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.actors.commands import Appoint, BindIdentity, CreateAccount, CreateOrganization, SetServiceAreas
from gongzhi.core.actors.erasure import ERASED_NAME
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind, Position
from gongzhi.core.actors.records import Account as AccountRecord
from gongzhi.core.actors.records import Contact
from gongzhi.core.actors.records import Organization as OrganizationRecord
from gongzhi.core.audit.erasure import forget
from gongzhi.core.catalogue.lists import ListKind, ListSpec
from gongzhi.core.columns import CodeColumn, PathColumn, primary_key
from gongzhi.core.db import Database
from gongzhi.core.errors import (
    Conflict,
    Forbidden,
    IllegalTransition,
    Internal,
    Invalid,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
)
from gongzhi.core.fields import (
    MOST_FEN,
    Code,
    Count,
    Day,
    Fen,
    LongName,
    LongNameEn,
    Name,
    NameEn,
    Note,
    Path,
    Text,
    Version,
    checked,
    given,
    heading,
    node,
)
from gongzhi.core.figures.registry import FigureSource, Scenario
from gongzhi.core.hooks import DefaultPolicy, EventHandler, GraphQLPart, HappenedEvent, Module, TypeExtension, hookimpl
from gongzhi.core.ids import uuid7
from gongzhi.core.journal import label_of
from gongzhi.core.packaged import packaged
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import (
    ANY,
    ASSIGNED,
    ORGANIZATIONAL,
    OWN,
    PARTY,
    SYSTEM,
    Action,
    Decision,
    Principal,
    Resource,
    Role,
    decide,
    require,
    scope,
)
from gongzhi.core.provenance import Provenance
from gongzhi.core.records import VersionedRecord, as_record, check_version, fetch, fetch_many
from gongzhi.core.register import PlacedRecord, Register
from gongzhi.core.signin.local import ISSUER as LOCAL_ISSUER
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.path import ancestors
from gongzhi.core.territory.records import Territory as TerritoryRecord
from gongzhi.core.validity import check_day, check_term, in_force
from gongzhi.core.workflow import (
    Deadline,
    Gate,
    Passage,
    StatefulRecord,
    Step,
    Transition,
    Workflow,
    advance,
    possible,
    take,
)
from gongzhi.core.workflow.running import calendar
from gongzhi.graphql.access import Needs, Standing
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.arguments import On, Within
from gongzhi.graphql.catalogue.items import Item
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.enums import declare as enum_type
from gongzhi.graphql.fields import about, field, object_type, or_none, present, private, public, viewer
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.money import Amount, Money
from gongzhi.graphql.mutations import Mutation, of_caller, waiting
from gongzhi.graphql.notes import annotated, notes_of
from gongzhi.graphql.people import Account
from gongzhi.graphql.relay import Listing, Node, connection, decode_id_of, node_type
from gongzhi.graphql.scalars import SafeInt
from gongzhi.graphql.territory import Territory
from gongzhi.graphql.workflows import guarded, mutations_of, place, record_type, stateful

__all__ = [
    "ANY",
    "ASSIGNED",
    "Account",
    "AccountRecord",
    "Action",
    "ActorKind",
    "Amount",
    "Appoint",
    "BindIdentity",
    "Code",
    "CodeColumn",
    "Conflict",
    "Contact",
    "Context",
    "Count",
    "CreateAccount",
    "CreateOrganization",
    "Database",
    "Day",
    "Deadline",
    "Decision",
    "DefaultPolicy",
    "ERASED_NAME",
    "EventHandler",
    "Fen",
    "FigureSource",
    "Forbidden",
    "Gate",
    "GraphQLPart",
    "HappenedEvent",
    "IllegalTransition",
    "Info",
    "Internal",
    "Invalid",
    "Item",
    "Keyset",
    "LOCAL_ISSUER",
    "ListKind",
    "ListSpec",
    "Listing",
    "LongName",
    "LongNameEn",
    "MOST_FEN",
    "Module",
    "Money",
    "Mutation",
    "Name",
    "NameEn",
    "Needs",
    "Node",
    "NotFound",
    "Note",
    "ORGANIZATIONAL",
    "OWN",
    "On",
    "Organization",
    "OrganizationRecord",
    "OrganizationSubkind",
    "PARTY",
    "Page",
    "PageRequest",
    "Passage",
    "Path",
    "PathColumn",
    "PlacedRecord",
    "Position",
    "Principal",
    "Problem",
    "Provenance",
    "Register",
    "Resource",
    "Role",
    "SYSTEM",
    "SafeInt",
    "Scenario",
    "SetServiceAreas",
    "Standing",
    "StatefulRecord",
    "Step",
    "Territory",
    "TerritoryRecord",
    "Text",
    "Transition",
    "TypeExtension",
    "Unauthenticated",
    "Unavailable",
    "Version",
    "VersionedRecord",
    "Within",
    "Workflow",
    "about",
    "accounts",
    "advance",
    "ancestors",
    "annotated",
    "as_record",
    "calendar",
    "check_day",
    "check_term",
    "check_version",
    "checked",
    "clock",
    "connection",
    "decide",
    "decode_id_of",
    "enum_type",
    "fetch",
    "fetch_many",
    "field",
    "forget",
    "given",
    "guarded",
    "heading",
    "hookimpl",
    "in_force",
    "label_of",
    "ledger",
    "loaded",
    "memberships",
    "mutations_of",
    "node",
    "node_type",
    "notes_of",
    "object_type",
    "of_caller",
    "or_none",
    "organizations",
    "packaged",
    "place",
    "possible",
    "present",
    "primary_key",
    "principal_for",
    "private",
    "public",
    "record_type",
    "require",
    "scope",
    "stateful",
    "take",
    "territory",
    "uuid7",
    "viewer",
    "waiting",
]
