"""The example client in a browser, against the demo."""

import json

import pytest

from tests.browser.chromium import Page
from tests.cli.server import Server

pytestmark = pytest.mark.browser

LISTED = "/^共 \\d+ 项/.test(document.querySelector('#count').innerText)"
CARDS = "document.querySelectorAll('#results > li').length"
NAMES = "[...document.querySelectorAll('#results h2')].map((each) => each.innerText)"

HOSTILE_ITEM = {
    "code": '"><b>',
    "listSlug": "x",
    "name": "<img src=x onerror=alert(1)>",
    "nameEn": "",
    "description": "<script>",
    "descriptionEn": "",
    "audience": ["<i>"],
    "channels": [],
    "category": {"name": "<b>", "nameEn": ""},
    "cost": {"kind": "FREE"},
}
HOSTILE = {"data": {"items": {"totalCount": 1, "pageInfo": {"hasNextPage": False}, "nodes": [HOSTILE_ITEM]}}}


def listed(page: Page, demo: Server, query: str = "") -> None:
    page.open(f"{demo.url}/example/?lang=zh{query}", ready=LISTED)


def test_the_list_shows_87_services_page_by_page(page: Page, demo: Server) -> None:
    listed(page, demo)
    assert page.text("#count") == "共 87 项服务"
    assert page.value(CARDS) == 20
    for shown in (40, 60, 80, 87):
        page.click("#more")
        page.wait(f"{CARDS} === {shown}")
    assert page.value("document.querySelector('#more').hidden")
    assert page.value(f"new Set({NAMES}).size") == 87
    assert "并非福田区官方清单原文" in page.text("#provenance")


@pytest.mark.parametrize("words", ["yanglao", "养老"])
def test_search_finds_services_for_older_people(page: Page, demo: Server, words: str) -> None:
    listed(page, demo)
    page.write("#words", words)
    page.wait("document.querySelector('#count').innerText !== '共 87 项服务' && " + LISTED)
    assert "居家养老基本服务" in page.value(NAMES)
    assert f"q={words}" in page.value("decodeURIComponent(location.search)")


def test_search_in_english_finds_the_same(page: Page, demo: Server) -> None:
    page.open(f"{demo.url}/example/?lang=en&q=home-based+care", ready=f"{CARDS} > 0")
    assert "Basic home-based care for the elderly" in page.value(NAMES)


def test_nothing_found_is_said(page: Page, demo: Server) -> None:
    page.open(
        f"{demo.url}/example/?lang=zh&q=zzzzqqqq", ready="document.querySelector('#count').innerText.includes('没有')"
    )
    assert page.value(CARDS) == 0
    assert page.value("document.querySelector('#more').hidden")


def test_filters_narrow_the_list_and_can_be_cleared(page: Page, demo: Server) -> None:
    listed(page, demo)
    page.choose("[name=audience]", "ELDERLY")
    page.choose("[name=channel]", "DOOR")
    page.choose("[name=place]", "/futian/nanyuan/dongyuan")
    page.click("[name=free]")
    page.wait("document.querySelector('#count').innerText === '共 9 项服务'")
    assert page.value(
        "[...document.querySelectorAll('#results > li')].every((each) => each.innerText.includes('上门'))"
    )
    page.click("[type=reset]")
    page.wait("document.querySelector('#count').innerText === '共 87 项服务'")
    assert not page.value("document.querySelector('[name=free]').checked")


def test_the_other_list_has_23_services(page: Page, demo: Server) -> None:
    listed(page, demo)
    page.click("[name=list][value=value-added-services]")
    page.wait("document.querySelector('#count').innerText === '共 23 项服务'")


def test_a_service_opens_with_its_basis_its_provenance_and_its_places(page: Page, demo: Server) -> None:
    listed(page, demo, "&q=yanglao&place=/futian/nanyuan")
    page.click("[data-item=B044]")
    page.wait("document.querySelectorAll('.places li').length === 11")
    shown = page.text("#service")
    assert "中华人民共和国老年人权益保障法" in shown
    assert "第三十七条" in shown
    assert "并非福田区官方清单原文" in shown
    assert "虚构示例" in shown
    assert page.value("document.activeElement.id") == "service-name"
    assert page.value("document.title") == "居家养老基本服务 · 社区服务目录"
    page.value("history.back()")
    page.wait("!document.querySelector('#browse').hidden && " + LISTED)
    assert page.value("document.querySelector('#words').value") == "yanglao"


def test_the_places_of_a_service_come_page_by_page(page: Page, demo: Server) -> None:
    page.open(
        f"{demo.url}/example/?lang=zh&list=basic-services&item=B044", ready="document.querySelector('.where button')"
    )
    assert page.value("document.querySelectorAll('.places li').length") == 12
    page.click(".where button")
    page.wait("document.querySelectorAll('.places li').length === 24")
    assert page.value("document.activeElement.matches('.places li:nth-child(13)')")


def test_a_service_that_is_not_there_is_said(page: Page, demo: Server) -> None:
    page.open(
        f"{demo.url}/example/?lang=zh&list=basic-services&item=X", ready="document.querySelector('#service-name')"
    )
    assert "没有这项服务" in page.text("#service")


def test_the_language_switches_and_is_kept(page: Page, demo: Server) -> None:
    listed(page, demo)
    page.click("#language")
    page.wait("document.querySelector('#count').innerText === '87 services'")
    assert page.value("document.documentElement.lang") == "en"
    assert page.value(NAMES)[0] == "Free premarital and pre-pregnancy health check"
    page.open(f"{demo.url}/example/", ready="document.querySelector('#count').innerText === '87 services'")


def test_what_the_server_refuses_is_shown_and_can_be_tried_again(page: Page, demo: Server) -> None:
    listed(page, demo)
    page.value("window.kept = window.fetch; window.fetch = () => Promise.reject(new TypeError('no network'))")
    page.click("[name=free]")
    page.wait("!document.querySelector('#failure').hidden")
    assert "no network" in page.text("#failure")
    page.value("window.fetch = window.kept")
    page.click("#failure button")
    page.wait(f"document.querySelector('#failure').hidden && {LISTED}")


def test_text_of_the_catalogue_is_never_taken_for_html(page: Page, demo: Server) -> None:
    listed(page, demo)
    page.value(f"window.fetch = async () => ({{ok: true, json: async () => ({json.dumps(HOSTILE)})}})")
    page.click("[name=free]")
    page.wait(f"{NAMES}[0] === '<img src=x onerror=alert(1)>'")
    assert page.value("document.querySelectorAll('#results img, #results script, #results b, #results i').length") == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_control_has_a_name_and_nothing_is_wider_than_a_phone(page: Page, demo: Server, language: str) -> None:
    page.resize(360, 740)
    page.open(f"{demo.url}/example/?lang={language}", ready=f"{CARDS} > 0")
    assert page.unnamed() == []
    assert page.value("document.documentElement.scrollWidth") <= 360
    page.click("#results a")
    page.wait("document.querySelector('.places li')")
    assert page.unnamed() == []
    assert page.value("document.documentElement.scrollWidth") <= 360
