"""`gongzhi webhook`: from a secret that is shown once to dead letters that are replayed."""

import pytest

from gongzhi.core import clock
from gongzhi.core.events.tables import Event, EventDelivery
from gongzhi.core.webhooks.tables import Webhook
from gongzhi.testing import databases
from tests.cli.conftest import Command

SETUP = ("setup", "--district", "futian", "--name", "福田区", "--admin", "li", "--admin-name", "李")
ADD = ("webhook", "add", "site", "--organization", "futian-office", "--role", "district.admin", "--url")
URL = "http://127.0.0.1:9/hooks"


@pytest.fixture
def prepared(migrated_url: str, gongzhi: Command, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in (
        ("DATABASE", migrated_url),
        ("WEBHOOK_NETWORKS", "127.0.0.0/8"),
        ("WEBHOOK_HTTP", "true"),
        ("WEBHOOK_KEYS", "k" * 32),
    ):
        monkeypatch.setenv(f"GONGZHI_{name}", value)
    assert gongzhi(*SETUP).exit_code == 0
    return migrated_url


async def a_dead_letter(url: str) -> str:
    """As if the first event had been given up; the record that it is about."""
    async with databases.opened(url):
        (webhook,) = await Webhook.select(Webhook.id)
        (event,) = await Event.select(Event.id, Event.record).order_by(Event.id).limit(1)
        given_up = EventDelivery(
            event=event["id"],
            target=f"webhook:{webhook['id']}",
            record=event["record"],
            position=1,
            state="parked",
            due_at=clock.now(),
            attempts=11,
            failure="answered 500",
            status=500,
        )
        await EventDelivery.insert(given_up)
        return str(event["record"])


def test_its_life(prepared: str, gongzhi: Command) -> None:
    added = gongzhi(*ADD, URL, "--kind", "catalogue.", "--kind", "territory.")
    assert added.exit_code == 0, added.output
    secret = added.stdout.strip()
    assert (secret[:6], len(secret)) == ("whsec_", 50)
    listed = gongzhi("webhook", "list").stdout
    assert listed == f"site\tactive\t0\t0\tdistrict.admin\t/futian\tcatalogue.,territory.\t{URL}\t\n"
    rotated = gongzhi("webhook", "rotate", "site", "--keep-hours", "0")
    assert rotated.stdout.strip() != secret
    assert rotated.stderr == "The former secret signs no more.\n"

    assert gongzhi("webhook", "suspend", "site", "--reason", "搬家").exit_code == 0
    again = gongzhi("webhook", "suspend", "site")
    assert (again.exit_code, "suspended already" in again.output) == (1, True)
    assert gongzhi("webhook", "list").stdout.endswith("\t搬家\n")
    assert gongzhi("webhook", "resume", "site").exit_code == 0

    record = databases.run(a_dead_letter(prepared))
    letters = gongzhi("webhook", "deliveries", "site", "--state", "parked").stdout.strip().split("\t")
    assert (letters[1:4], letters[5:]) == (["parked", "11", "500"], [record, "answered 500"])
    assert gongzhi("webhook", "replay", "site").exit_code == 2
    assert gongzhi("webhook", "replay", "site", letters[0]).stderr == "1 delivery is sent again.\n"
    assert gongzhi("webhook", "replay", "site", "--all").stderr == "0 deliveries are sent again.\n"
    assert gongzhi("webhook", "deliveries", "site", "--state", "parked").stdout == ""

    assert gongzhi("webhook", "remove", "site").exit_code == 0
    assert gongzhi("webhook", "list").stdout == ""
    gone = gongzhi("webhook", "remove", "site")
    assert (gone.exit_code, "There is no webhook 'site'" in gone.output) == (1, True)


def test_what_is_wrong_is_told_with_its_remedy(
    prepared: str, gongzhi: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GONGZHI_WEBHOOK_NETWORKS")
    refused = gongzhi(*ADD, "http://127.0.0.1/hooks")
    assert (refused.exit_code, "webhook_networks" in refused.output) == (1, True)
    unknown = gongzhi("webhook", "add", "site", "--organization", "futian-office", "--role", "nobody", "--url", URL)
    assert (unknown.exit_code, "there is no role 'nobody'" in unknown.output) == (1, True)
    assert gongzhi("webhook", "list").stdout == ""
