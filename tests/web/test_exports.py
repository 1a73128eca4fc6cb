"""Lists to download: every format of every list, from the live server."""

import json

import pytest

from gongzhi.core.catalogue.fileformat import Format
from gongzhi.core.catalogue.formats import read
from gongzhi.core.catalogue.lists import CORE_LISTS, ListSpec
from gongzhi.data import reference_list
from gongzhi.testing.serving import served, settings_for


@pytest.mark.parametrize("spec", CORE_LISTS, ids=lambda spec: spec.slug)
async def test_every_list_is_downloaded_and_read_back_to_the_same_items(demo_url: str, spec: ListSpec) -> None:
    async with served(settings_for(demo_url)) as client:
        for kind in Format:
            for language in ("zh", "en"):
                answer = await client.get(f"/lists/{spec.slug}/export?format={kind}&language={language}")
                assert answer.status_code == 200
                assert answer.headers["content-disposition"] == f'attachment; filename="{spec.slug}-1.{kind}"'
                assert read(answer.content, kind, spec).contents == reference_list(spec.slug).items


async def test_a_list_is_downloaded_in_the_formats_of_other_catalogues(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        linked = json.loads((await client.get("/lists/basic-services/export?format=cpsv-ap")).content)
        human = json.loads((await client.get("/lists/basic-services/export?format=hsds")).content)
    services = [node for node in linked["@graph"] if "PublicService" in str(node["@type"])]
    assert len(services) == 87
    assert human["total_items"] == len(human["contents"]) == 87


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/lists/nothing/export", 404, "NOT_FOUND"),
        ("/lists/basic-services/export?format=pdf", 400, "INVALID"),
        ("/lists/basic-services/export?language=fr", 400, "INVALID"),
        ("/lists/basic-services/export?edition=99", 404, "NOT_FOUND"),
        ("/lists/basic-services/export?edition=-1", 400, "INVALID"),
        ("/lists/basic-services/export?edition=" + "9" * 5000, 400, "INVALID"),
        ("/lists/basic-services/export?asOf=yesterday", 400, "INVALID"),
        ("/lists/basic-services/export?asOf=1900-01-01", 400, "INVALID"),
        ("/lists/basic-services/export?asOf=1990-01-01", 404, "NOT_FOUND"),
    ],
)
async def test_a_wrong_address_is_told_what_is_wrong(demo_sqlite: str, address: str, status: int, code: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
