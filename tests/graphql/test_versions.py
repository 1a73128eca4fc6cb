"""No update is lost: what changes a record names the version that its caller saw, and a stale one is CONFLICT.

What follows from the schema is enumerated, so that a mutation that comes later is tried as well, or refused here.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    build_schema,
    get_named_type,
)
from piccolo.table import Table

from gongzhi.core import clock
from gongzhi.core.actors.tables import Account, Membership
from gongzhi.core.catalogue.tables import Assignment, Edition, Offering
from gongzhi.core.db import Database
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.webhooks.tables import Webhook
from gongzhi.graphql.relay import encode_id
from gongzhi.plugins.foundations.tables import Donation, Grant
from gongzhi.plugins.mediation.tables import Adviser, Case, Duty
from gongzhi.plugins.ustations.tables import Redemption, Reward, Shift, SignUp, Station, Volunteer
from gongzhi.testing import databases
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import ask
from tests.style.source import ROOT

ADMIN = "demo-district-admin"
STALE = 99_999
PLACE = "/futian/nanyuan/dongyuan"
ADDS = {
    *("draftEdition", "createOffering", "createAssignment", "createTerritory", "createOrganization", "createAccount"),
    *("appoint", "openFund", "pledgeDonation", "proposeFundGrant", "attachToFundGrant", "commentOnFundGrant"),
    *("fileMediationCase", "attachToMediationCase", "commentOnMediationCase", "planDutyHours"),
    *("recordLegalConsultation", "openUStation", "registerVolunteer", "planVolunteerShift", "setLoveBankRate"),
    *("offerLoveBankReward", "createWebhook"),
}
"""They add a record; what is unique about it is kept so by the database or by a Conflict of the use case."""
BY_STATE: Mapping[str, str] = {
    "mergeTerritories": "each place must be open still; it is written by the version that was read",
    "mergeOrganizations": "each of `sources` has a version",
    "detachFromFundGrant": "an attachment is taken off once",
    "detachFromMediationCase": "an attachment is taken off once",
    "withdrawCommentOnFundGrant": "a comment is withdrawn once",
    "withdrawCommentOnMediationCase": "a comment is withdrawn once",
    "appointLegalAdviser": "the one in office ends by the version that was read",
    "signUpForShift": "places are counted in the row of the shift, which is written by its version",
    "replayWebhookDelivery": "only what is parked or delivered is sent again",
    "requestLoveBankRedemption": "the stock is written by the version that was read, points by the ledger",
}
"""They change what exists by its state alone: what they need of it, they find there or refuse."""
RECORDS: Mapping[str, tuple[str, type[Table]]] = {
    "edition": ("Edition", Edition),
    "offering": ("Offering", Offering),
    "assignment": ("Assignment", Assignment),
    "id": ("Membership", Membership),
    "donation": ("Donation", Donation),
    "grant": ("FundGrant", Grant),
    "case": ("MediationCase", Case),
    "adviser": ("LegalAdviser", Adviser),
    "duty": ("DutyHours", Duty),
    "station": ("UStation", Station),
    "volunteer": ("Volunteer", Volunteer),
    "shift": ("VolunteerShift", Shift),
    "signUp": ("ShiftSignUp", SignUp),
    "reward": ("LoveBankReward", Reward),
    "redemption": ("LoveBankRedemption", Redemption),
    "webhook": ("Webhook", Webhook),
}
"""Arguments that name a record -> the type of its id, and its table."""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


def inputs_of(schema: GraphQLSchema) -> dict[str, GraphQLInputObjectType]:
    assert schema.mutation_type is not None
    found = {name: get_named_type(field.args["input"].type) for name, field in schema.mutation_type.fields.items()}
    return {name: kind for name, kind in found.items() if isinstance(kind, GraphQLInputObjectType)}


def test_each_mutation_names_a_version_adds_a_record_or_goes_by_its_state(schema: GraphQLSchema) -> None:
    inputs = inputs_of(schema)
    unversioned = {name for name, kind in inputs.items() if "version" not in kind.fields}
    assert unversioned == ADDS | BY_STATE.keys(), "give its command a `version`, and check it"
    optional = [
        name
        for name, kind in inputs.items()
        if "version" in kind.fields and not isinstance(kind.fields["version"].type, GraphQLNonNull)
    ]
    assert optional == ["putItem"], "a version that may be left out loses updates"


def example(kind: Any) -> Any:
    """A value that a required argument of this type takes."""
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(kind, GraphQLList):
        return [example(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        needed = {name: field for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
        return {name: example(field.type) for name, field in needed.items()}
    today = clock.today()
    moment = f"{today}T10:00:00+08:00"
    known = {"Int": 1, "Boolean": True, "SafeInt": 1, "Date": str(today), "DateTime": moment, "Base64": "YQ=="}
    return known.get(kind.name, "x")


async def given(name: str, kind: GraphQLInputObjectType) -> dict[str, Any]:
    """An input of a mutation that names a record of the demo, in a version that it never had."""
    found = {key: example(field.type) for key, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
    for key in found.keys() & RECORDS.keys():
        label, table = RECORDS[key]
        row = await table.select(table._meta.primary_key).order_by(table._meta.primary_key, ascending=False).first()
        assert row is not None, f"the demo has no {label}"
        found[key] = encode_id(label, row["id"])
    if "path" in found and name not in ("transferVolunteer",):
        found["path"] = PLACE
    if "path" in found and name == "transferVolunteer":
        found["path"] = "/futian/nanyuan"
    if name == "splitTerritory":
        found["parts"] *= 2
    if "code" in found:
        found["code"] = {"Account": ADMIN, "Item": "V001"}.get(_whose(name), "dongyuan-committee")
    if name == "putItem":
        found["content"]["code"] = "V001"
    return {**found, "version": STALE}


def _whose(name: str) -> str:
    accounts = ("updateAccount", "setAccountStatus", "bindIdentity", "eraseAccount")
    return "Account" if name in accounts else "Item" if name == "removeItem" else "Organization"


async def complete(database: Database) -> None:
    """Records of the kinds that the demo has none of."""
    reward, volunteer, adviser = await Reward.objects().first(), await Volunteer.objects().first(), await _adviser()
    assert reward is not None
    assert volunteer is not None
    redemption = {"path": PLACE, "state": "requested", "reward": reward, "volunteer": volunteer, "cost": 1}
    await Redemption.insert(Redemption(**redemption, account=uuid7(), hold=uuid7()))
    await Webhook.insert(
        Webhook(
            code="site",
            name="x",
            url="https://x.example/",
            organization=uuid7(),
            role="x",
            path=PLACE,
            salt="x.y",
            created_at=clock.now(),
        )
    )
    moment = clock.now() + timedelta(days=1)
    await Duty.insert(Duty(path=PLACE, adviser=adviser, starts_at=moment, ends_at=moment + timedelta(hours=1)))


async def _adviser() -> Adviser:
    found: Adviser | None = await Adviser.objects().first()
    assert found is not None
    return found


async def everybody_may(database: Database, folder: Path) -> str:
    """A policy by which one account may do everything: what is tried is the version, not the right."""
    row = await Account.select(Account.id).where(Account.code == ADMIN).first()
    assert row is not None
    folder.joinpath("all.csv").write_text(f"p, account:{row['id']}, /, *, *, any, allow\n", "utf-8")
    return str(folder)


async def rows_of(database: Database) -> dict[str, Any]:
    """Every row of every table but the decision log."""
    tables = [table for app in databases.apps() for table in app.tables if table is not DecisionEntry]
    return {table.__name__: sorted(map(str, await table.select())) for table in tables}


async def test_a_stale_version_is_a_conflict_and_nothing_is_changed(
    own_demo_url: str, schema: GraphQLSchema, tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    wrong = []
    async with databases.opened(own_demo_url) as database:
        policies = await everybody_may(database, folder)
        await complete(database)
        async with served(settings_for(own_demo_url, policies=policies, background=False)) as client:
            draft = 'mutation { draftEdition(input: {slug: "value-added-services", label: "稿"}) { edition { id } } }'
            assert "errors" not in await ask(client, draft, account=ADMIN)
            before = await rows_of(database)
            for name, kind in inputs_of(schema).items():
                if "version" not in kind.fields:
                    continue
                document = f"mutation($input: {kind.name}!) {{ {name}(input: $input) {{ __typename }} }}"
                answer = await ask(client, document, {"input": await given(name, kind)}, ADMIN)
                (error,) = answer.get("errors") or [{"message": "it was done", "extensions": {"code": "NONE"}}]
                if error["extensions"]["code"] != "CONFLICT" or "version" not in error["message"]:
                    wrong.append((name, error["extensions"]["code"], error["message"][:150]))
            assert await rows_of(database) == before
    assert not wrong, wrong
