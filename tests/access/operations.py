"""One request for each guarded field at the root of the API, made so that it changes nothing even where it is allowed.

Mutations name a version that is long past or a code that is taken: whoever is allowed gets CONFLICT or INVALID, whoever
is not gets UNAUTHENTICATED or FORBIDDEN before anybody looks at versions.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

COMMUNITY = "/futian/nanyuan/dongyuan"
DISTRICT = "/futian"
PAST = 999_999


class Operation(msgspec.Struct, frozen=True):
    """A field with its arguments, a mutation if it has an `input`; `place` and `owner` say what is decided about."""

    field: str
    place: str
    selection: str = ""
    arguments: str = ""
    input: Mapping[str, Any] | None = None
    owner: str | None = None
    own_account: bool = False

    def document(self) -> str:
        """The operation's text."""
        if self.input is None:
            return f"query Probe {{ {self.field}{self.arguments} {self.selection} }}"
        kind = self.field[0].upper() + self.field[1:] + "Input"
        return f"mutation Probe($input: {kind}!) {{ {self.field}(input: $input) {{ __typename }} }}"


CONNECTION = "{ totalCount }"
WITHIN = f'(within: "{COMMUNITY}", first: 1)'

QUERIES = (
    Operation("offerings", DISTRICT, CONNECTION),
    Operation("assignments", DISTRICT, CONNECTION),
    Operation("dispositions", DISTRICT, CONNECTION),
    Operation("coverage", DISTRICT, "{ offered }", f'(path: "{COMMUNITY}", list: "basic-services")'),
    Operation("workload", DISTRICT, "{ before }", '(path: "/futian/nanyuan")'),
    Operation("figures", DISTRICT, "{ key }"),
    Operation("committeeStatistics", DISTRICT, "{ members }", f'(within: "{DISTRICT}")'),
    Operation("accounts", COMMUNITY, CONNECTION, WITHIN),
    Operation("accounts", DISTRICT, CONNECTION, f'(within: "{DISTRICT}", first: 1)'),
    Operation("memberships", COMMUNITY, CONNECTION, WITHIN),
    Operation("memberships", DISTRICT, CONNECTION, f'(within: "{DISTRICT}", first: 1)'),
    Operation("auditLog", COMMUNITY, CONNECTION, WITHIN),
    Operation("policy", DISTRICT, "{ revision }"),
    Operation("whoCan", COMMUNITY, "{ subject }", f'(action: "read", resource: "actors.account", path: "{COMMUNITY}")'),
    Operation(
        "explainPermission",
        COMMUNITY,
        "{ allowed }",
        f'(account: "demo-resident", action: "read", resource: "actors.account", path: "{COMMUNITY}")',
    ),
    Operation("permissionsOf", COMMUNITY, "{ action }", f'(account: "demo-resident", path: "{COMMUNITY}")'),
)

TERRITORY_CHANGES = (
    Operation(
        "createTerritory",
        f"{DISTRICT}/nanyuan",
        input={"code": "x", "slug": "nanyuan", "level": "SUBDISTRICT", "name": "x", "parentPath": DISTRICT},
    ),
    Operation("updateTerritory", COMMUNITY, input={"path": COMMUNITY, "version": PAST, "name": "x"}),
    Operation("closeTerritory", COMMUNITY, input={"path": COMMUNITY, "version": PAST, "on": "2030-01-01"}),
    Operation(
        "splitTerritory",
        COMMUNITY,
        input={"path": COMMUNITY, "version": PAST, "effectiveOn": "2030-01-01", "parts": []},
    ),
    Operation(
        "mergeTerritories",
        COMMUNITY,
        input={"paths": [f"{DISTRICT}/nanyuan"], "into": COMMUNITY, "effectiveOn": "2030-01-01"},
    ),
)

COMMITTEE, STATION, CENTRE = "dongyuan-committee", "dongyuan-station", "dongyuan-centre"


def _organization(code: str) -> tuple[Operation, ...]:
    versioned = {"code": code, "version": PAST}
    appointment = {"account": "demo-auditor", "organization": code, "position": "ADMINISTRATOR"}
    webhook = {"code": "x", "name": "x", "url": "ftp://example.org", "organization": code}
    offering = {"listSlug": "basic-services", "itemCode": "none", "path": COMMUNITY, "organization": code}
    return (
        Operation("updateOrganization", COMMUNITY, input={**versioned, "name": "x"}, owner=code),
        Operation("setServiceAreas", COMMUNITY, input={**versioned, "paths": []}, owner=code),
        Operation("dissolveOrganization", COMMUNITY, input=versioned, owner=code),
        Operation("appoint", COMMUNITY, input=appointment, owner=code),
        Operation("createOffering", COMMUNITY, input=offering, owner=code),
        Operation("createAssignment", COMMUNITY, input=offering, owner=code),
        Operation("createWebhook", COMMUNITY, input=webhook, owner=code),
    )


ORGANIZATION_CHANGES = (
    Operation(
        "createOrganization",
        COMMUNITY,
        input={
            "code": COMMITTEE,
            "kind": "COMMITTEE",
            "subkind": "RESIDENTS_COMMITTEE",
            "name": "x",
            "path": COMMUNITY,
        },
    ),
    Operation(
        "mergeOrganizations",
        COMMUNITY,
        input={"sources": [{"code": CENTRE, "version": PAST}], "into": COMMITTEE},
        owner=COMMITTEE,
    ),
    *(operation for code in (COMMITTEE, STATION, CENTRE) for operation in _organization(code)),
)

ACCOUNT_CHANGES = (
    Operation("createAccount", DISTRICT, input={"code": "demo-resident", "name": "x"}),
    Operation(
        "updateAccount", COMMUNITY, input={"code": "demo-resident", "version": PAST, "name": "x"}, own_account=True
    ),
    Operation("setAccountStatus", COMMUNITY, input={"code": "demo-resident", "version": PAST, "status": "SUSPENDED"}),
    Operation("eraseAccount", COMMUNITY, input={"code": "demo-resident", "version": PAST}),
    Operation(
        "bindIdentity",
        COMMUNITY,
        input={"code": "demo-resident", "version": PAST, "issuer": "x", "subject": "x"},
    ),
)

WEBHOOKS = (
    *("webhooks", "webhook", "webhookDeliveries", "updateWebhook", "rotateWebhookSecret", "suspendWebhook"),
    *("resumeWebhook", "removeWebhook", "replayWebhookDelivery"),
)
"""What is asked of a webhook that is there; the demo has none. See tests/graphql/test_webhooks.py."""

DRAFTING = (Operation("draftEdition", DISTRICT, input={"slug": "basic-services", "label": "x", "basedOn": PAST}),)


def with_ids(edition: str, offering: str, assignment: str, membership: str) -> tuple[Operation, ...]:
    """The changes of records that are named by their ids: a published edition, and records of the station."""
    step = {"edition": edition, "version": PAST}
    content = {"code": "X1", "name": "x", "category": {"code": "c", "name": "c"}}
    return (
        Operation("putItem", DISTRICT, input={"edition": edition, "content": content}),
        Operation("removeItem", DISTRICT, input={"edition": edition, "code": "B001", "version": PAST}),
        Operation("importItems", DISTRICT, input={**step, "data": "", "format": "CSV"}),
        Operation("submitEdition", DISTRICT, input=step),
        Operation("returnEdition", DISTRICT, input={**step, "note": "x"}),
        Operation("publishEdition", DISTRICT, input=step),
        Operation("withdrawEdition", DISTRICT, input=step),
        Operation("updateOffering", COMMUNITY, input={"offering": offering, "version": PAST}, owner=CENTRE),
        Operation("endAssignment", COMMUNITY, input={"assignment": assignment, "version": PAST}, owner=STATION),
        Operation(
            "recordDisposition",
            COMMUNITY,
            input={"assignment": assignment, "version": PAST, "kind": "KEEP"},
            owner=STATION,
        ),
        Operation("endMembership", COMMUNITY, input={"id": membership, "version": PAST}, owner=STATION),
    )


FIXED = (*QUERIES, *TERRITORY_CHANGES, *ORGANIZATION_CHANGES, *ACCOUNT_CHANGES, *DRAFTING)
