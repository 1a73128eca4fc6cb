"""`gongzhi policy diff`, `matrix` and `graph`: what a policy gives, and what a change means for whom."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gongzhi.cli.policy.source import source
from tests.cli.conftest import Command

CHANGED = (
    "p, role:org.manager, /, catalogue.edition, read_draft, any, allow\n"
    "p, role:station.head, /futian, catalogue.offering, close, own, deny\n"
    "p, role:resident, /, catalogue.edition, edit, any, deny\n"
    "g, account:demo-resident, role:supervisor, /futian/nanyuan\n"
)
VOID = {"meta", "col"}


class Page(HTMLParser):
    """A page's elements in order, with a check that every one is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID and tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def policies(folder: Path) -> Path:
    """The directories `old`, which is empty, and `new`."""
    (folder / "old").mkdir()
    (folder / "new").mkdir()
    (folder / "new" / "local.csv").write_text(CHANGED, "utf-8")
    return folder


def self_contained(text: str) -> None:
    assert "<script" not in text
    assert not re.search(r"(src|href|url\(|@import)\s*[=(]?\s*[\"']?(https?:|//|/)", text)
    assert "@media print" in text
    assert "table-header-group" in text


def test_a_change_is_told_by_role_and_place(gongzhi: Command, policies: Path) -> None:
    result = gongzhi("policy", "diff", "old", "new")
    assert result.exit_code == 1
    blocks = result.stdout.split("\n\n")
    assert blocks[:3] == [
        "role:resident at /\n  ! catalogue.edition  edit (now denied)",
        "role:station.head at /futian\n  - catalogue.offering  close (own, now denied)",
        "role:org.manager at /\n  + catalogue.edition  read_draft",
    ]
    assert blocks[3].splitlines()[0] == "account:demo-resident at /futian/nanyuan"
    assert re.fullmatch(r"From \w{12} to \w{12}: 4 gained, 1 lost, 1 now denied\.\n", blocks[-1]), blocks[-1]


def test_what_was_gained_is_lost_on_the_way_back(gongzhi: Command, policies: Path) -> None:
    back = gongzhi("policy", "diff", "new", "old").stdout
    assert "  ~ catalogue.edition  edit (no longer denied)" in back
    assert "  + catalogue.offering  close (own)" in back
    assert "  - catalogue.edition  read_draft" in back
    assert back.rstrip().endswith("1 gained, 4 lost, 1 no longer denied.")


def test_without_a_change_the_status_is_0(gongzhi: Command, policies: Path) -> None:
    result = gongzhi("policy", "diff", "shipped", "old", "--html", "diff.html")
    assert result.exit_code == 0
    assert re.fullmatch(r"Nothing changes between (\w{12}) and \1\.\n", result.stdout)
    assert "Nothing changes" in (policies / "diff.html").read_text("utf-8")


def test_accounts_are_counted_where_there_is_a_database(gongzhi: Command, policies: Path, demo_sqlite: str) -> None:
    result = gongzhi("policy", "diff", "old", "new", "--database", demo_sqlite, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    reach = {part["subject"]: (part["holders"], part["affected"]) for part in found["parts"]}
    assert reach == {
        "resident": (1, 0),
        "station.head": (94, 94),
        "org.manager": (90, 90),
        "account:demo-resident": (1, 1),
    }
    assert found["affected"] == 185
    assert found["accounts"] > 1936


def test_the_page_of_a_change(gongzhi: Command, policies: Path, demo_sqlite: str) -> None:
    result = gongzhi("policy", "diff", "old", "new", "--database", demo_sqlite, "--html", "diff.html")
    assert result.exit_code == 1
    text = (policies / "diff.html").read_text("utf-8")
    self_contained(text)
    page = Page(text)
    assert len(page.all("caption")) == len(page.all("table")) == 5
    assert all(cell["scope"] in ("col", "row") for cell in page.all("th"))
    assert text.index("权限变更说明") < text.index("What changes for whom")
    assert "94 / 94" in text
    assert re.search(r"<dd>185 / \d{4}</dd>", text)
    assert len([tag for tag in page.all("span") if tag["class"] == "tag lost"]) == 1


def test_the_page_of_the_matrix(gongzhi: Command, policies: Path) -> None:
    result = gongzhi("policy", "matrix", "--policies", "new", "--html", "matrix.html")
    assert (result.exit_code, result.stdout) == (0, "matrix.html written\n")
    text = (policies / "matrix.html").read_text("utf-8")
    self_contained(text)
    page = Page(text)
    vocabulary = source().vocabulary
    scopes = [cell["scope"] for cell in page.all("th")]
    assert scopes.count("col") == len(vocabulary.roles)  # a column of actions, none for the operator
    assert scopes.count("rowgroup") == len(vocabulary.resources)
    assert scopes.count("row") == len(list(vocabulary.pairs()))
    assert len(page.all("td")) == scopes.count("row") * (len(vocabulary.roles) - 1)
    assert len(page.all("caption")) == 1
    assert "策略版本" in text
    assert "<code>/futian</code>" in text


def test_names_that_look_like_markup_stay_text(gongzhi: Command, policies: Path) -> None:
    revision = json.loads(gongzhi("policy", "matrix", "--json").stdout)["revision"]
    gongzhi("policy", "matrix", "--html", "matrix.html")
    text = (policies / "matrix.html").read_text("utf-8")
    assert revision in text
    assert "residents&#x27; committee" in text


def test_the_matrix_of_the_terminal(gongzhi: Command, policies: Path) -> None:
    text = gongzhi("policy", "matrix", "--policies", "new").stdout
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("catalogue.offering"))
    close = lines[lines.index(head) + 4]
    assert close.split() == ["close", "o", "o/", "o", "*"]
    assert close.index("o/") + 1 == head.index(" 8 ") + 1
    assert "station.head: catalogue.offering close at /futian: !o" in lines
    assert max(map(len, lines)) <= 120


def test_the_matrix_for_programs(gongzhi: Command, policies: Path) -> None:
    table = json.loads(gongzhi("policy", "matrix", "--json").stdout)
    publish = next(row for row in table["rows"] if (row["resource"], row["action"]) == ("catalogue.edition", "publish"))
    assert sorted(publish["cells"]) == ["district.admin", "system"]


def test_the_roles_are_drawn(gongzhi: Command, policies: Path) -> None:
    result = gongzhi("policy", "graph", "--policies", "new", "--svg", "roles.svg")
    assert (result.exit_code, result.stdout) == (0, "roles.svg written\n")
    root = ElementTree.fromstring((policies / "roles.svg").read_text("utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    boxes = [each for each in root.iter(f"{space}rect") if each.get("class")]
    arrows = [each for each in root.iter(f"{space}path") if each.get("class") == "link"]
    assert (len(boxes), len(arrows)) == (len(source().vocabulary.roles) + 1, 5)
    corners = {(box.get("x"), box.get("y")) for box in boxes}
    assert len(corners) == len(boxes)
    assert "/futian/nanyuan" in [each.text for each in root.iter(f"{space}text")]


def test_the_roles_as_mermaid_and_for_programs(gongzhi: Command, policies: Path) -> None:
    text = gongzhi("policy", "graph", "--mermaid").stdout
    assert text.startswith("flowchart BT\n")
    assert text.count(" --> ") == 4
    links = json.loads(gongzhi("policy", "graph", "--policies", "new", "--json").stdout)["links"]
    assert links[-1] == {
        "from": "account:demo-resident",
        "to": "role:supervisor",
        "at": "/futian/nanyuan",
        "line": "local.csv:4",
    }
    assert gongzhi("policy", "graph", "--mermaid", "--svg", "x.svg").exit_code == 2
    assert not (policies / "x.svg").exists()


@pytest.mark.parametrize(
    "command", [["diff", "shipped", "new"], ["matrix", "--policies", "new"], ["graph", "--policies", "new"]]
)
def test_nothing_is_shown_of_a_policy_with_problems(gongzhi: Command, policies: Path, command: list[str]) -> None:
    (policies / "new" / "local.csv").write_text("p, role:resident, /, catalogue.list, read, any, alow\n", "utf-8")
    result = gongzhi("policy", *command, "--json")
    assert result.exit_code == 1
    assert [each["row"] for each in json.loads(result.stdout)["problems"]] == [1]
    assert gongzhi("policy", *command).stdout == "new/local.csv:1:49: 'alow' is not an effect (did you mean allow?)\n"
