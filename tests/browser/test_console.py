"""The console and the index in a browser, against the demo."""

import re

import pytest

from tests.browser.chromium import Page
from tests.cli.server import Server

pytestmark = pytest.mark.browser

READY = "document.querySelectorAll('#examples button').length > 20 && document.querySelector('#operation').value !== ''"
DONE = "document.querySelector('#status').innerText.startsWith('200')"


def opened(page: Page, demo: Server, query: str = "") -> None:
    page.open(f"{demo.url}/console?lang=zh{query}", ready=READY)


def test_it_runs_an_operation(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.write("#operation", '{ serviceList(slug: "basic-services") { currentEdition { items { totalCount } } } }')
    page.write("#variables", "")
    page.click("#run")
    page.wait(DONE)
    assert '"totalCount": 87' in page.text("#result")
    assert page.value("document.querySelectorAll('#result .key').length") == 5


def test_an_example_runs_with_its_variables_by_the_keyboard(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.click("[data-example=workload]")
    assert page.value("document.activeElement.id") == "operation"
    page.press("Enter", control=True)
    page.wait(DONE)
    assert '"before": 147' in page.text("#result")
    assert '"after": 45' in page.text("#result")


def test_a_token_signs_in(page: Page, demo: Server) -> None:
    token = re.search(r"demo-station-head: .*\n\s+(\S+)", demo.output)
    assert token is not None
    opened(page, demo, "&example=viewer")
    page.write("#headers", token[1])
    page.click("#run")
    page.wait(DONE)
    assert '"code": "demo-station-head"' in page.text("#result")
    assert token[1] not in page.value("JSON.stringify(localStorage)")


def test_headers_are_sent_by_name(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.write("#headers", "Authorization: Bearer x.y.z")
    page.click("#run")
    page.wait("document.querySelector('#status.wrong')?.innerText.startsWith('401')")
    assert "UNAUTHENTICATED" in page.text("#result")
    page.wrong.clear()  # the browser reports the 401 that was asked for


def test_one_of_several_operations_is_chosen(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.write("#operation", "query A { a: __typename } query B { b: __typename }")
    page.write("#variables", "")
    page.wait("!document.querySelector('#choice').hidden")
    page.choose("#name", "B")
    page.click("#run")
    page.wait(DONE)
    assert '"b": "Query"' in page.text("#result")


def test_variables_that_are_no_object_are_refused_before_they_are_sent(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.write("#variables", "[1]")
    sent = len(page.requested)
    page.click("#run")
    page.wait("document.querySelector('#status.wrong')")
    assert page.value("document.activeElement.id") == "variables"
    assert page.requested[sent:] == []


def test_an_operation_is_laid_out(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.write(
        "#operation",
        'query A($n:Int=3){a:items(first:$n,filters:{free:true,lists:["x"]}){...F}}#end\n'
        "fragment F on ItemConnection{totalCount}",
    )
    page.click("#prettify")
    assert page.value("document.querySelector('#operation').value") == (
        'query A($n: Int = 3) {\n  a: items(first: $n, filters: {free: true, lists: ["x"]}) {\n    ...F\n  }\n}\n'
        "\n#end\nfragment F on ItemConnection {\n  totalCount\n}\n"
    )
    page.write("#operation", "{ a ")
    page.click("#prettify")
    page.wait("document.querySelector('#status.wrong')")
    assert page.value("document.querySelector('#operation').value") == "{ a "


def test_every_example_is_laid_out_as_prettify_would(page: Page, demo: Server) -> None:
    opened(page, demo)
    changed = page.value(
        """(async () => {
            const { prettify } = await import("./static/graphql.js");
            const all = await (await fetch("examples/operations.json")).json();
            return all.filter((each) => prettify(each.text) !== each.text).map((each) => each.name);
        })()"""
    )
    assert changed == []


def test_the_documentation_shows_arguments_and_permissions(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.click("#tab-explorer")
    page.write("#find", "coverage")
    row = "[...document.querySelectorAll('#explorer .row')].find((each) => each.innerText.startsWith('Query.coverage'))"
    page.wait(row)
    page.value(f"{row}.click()")
    shown = page.text("#explorer")
    assert "需要 catalogue.offering:read" in shown
    assert "path: String!" in shown
    page.value(
        "[...document.querySelectorAll('#explorer .link')].find((each) => each.innerText === 'Coverage').click()"
    )
    assert page.text("#explorer h3") == "Coverage"
    page.click("#explorer .link")
    assert page.text("#explorer h3") == "Query"


def test_the_documentation_knows_every_type_of_the_schema(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.click("#tab-explorer")
    introspected = {each["name"] for each in demo.ask("{ __schema { types { name } } }")["data"]["__schema"]["types"]}
    shown = set(page.value("[...document.querySelectorAll('#explorer .row')].map((each) => each.firstChild.data)"))
    builtin = {name for name in introspected if name.startswith("__")} | {"String", "Int", "Float", "Boolean", "ID"}
    assert shown == introspected - builtin


def test_what_was_run_can_be_run_again_after_a_reload(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.write("#operation", "query Again { __typename }")
    page.write("#variables", "")
    page.click("#run")
    page.wait(DONE)
    opened(page, demo)
    page.click("#tab-history")
    assert "query Again" in page.text("#history button")
    page.click("#history button")
    assert page.value("document.querySelector('#operation').value") == "query Again { __typename }"
    page.click("#history .quiet")
    assert page.text("#history") == "还没有运行过"


def test_tabs_move_by_arrow_and_the_language_switches(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.focus("#tab-examples")
    page.press("ArrowRight")
    assert page.value("document.activeElement.id") == "tab-explorer"
    assert not page.value("document.querySelector('#explorer').hidden")
    page.click("#language")
    assert page.text("#tab-explorer") == "Documentation"


@pytest.mark.parametrize("width", [360, 1280])
def test_every_control_has_a_name_and_nothing_is_too_wide(page: Page, demo: Server, width: int) -> None:
    page.resize(width, 800)
    opened(page, demo)
    assert page.unnamed() == []
    assert page.value("document.documentElement.scrollWidth") <= width
    page.open(f"{demo.url}/", ready="true")
    assert page.unnamed() == []
    assert page.value("document.documentElement.scrollWidth") <= width


def test_the_index_leads_to_what_is_there(page: Page, demo: Server) -> None:
    page.open(f"{demo.url}/", ready="true")
    links = page.value("[...document.querySelectorAll('a')].map((each) => each.href)")
    assert len(links) == 6
    assert page.value(f"Promise.all({links}.map(async (each) => (await fetch(each)).status))") == [200] * 6
