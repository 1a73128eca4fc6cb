"""One plugin's fault is that plugin's alone, and everybody is told."""

from gongzhi.core.catalogue.lists import ListKind, ListSpec
from gongzhi.core.db import Database
from gongzhi.core.figures.registry import FigureSource, Scenario
from gongzhi.core.hooks import DefaultPolicy
from gongzhi.core.host import Candidate, Host, State, installed
from gongzhi.core.permissions import Action, Resource
from tests.core.host.samples import broken, host, plugin, reasons

TOOLS = ListSpec(slug="shared-tools", name="共享工具", name_en="Shared tools", kind=ListKind.items)
LOAN = Resource("tools.loan", "借用", "loan", (Action("read", "查看", "read"),))
GRANT = DefaultPolicy(b"p, role:public, /, tools.loan, read, any, allow\n")


def names(found: Host) -> list[str]:
    return [each.module.id for each in found.plugins]


async def nothing(scenario: Scenario) -> dict[str, int]:
    return {}


def test_what_plugins_return_joins_what_core_has() -> None:
    found = host(
        plugin("tools", {"gongzhi_lists": (TOOLS,), "gongzhi_resources": (LOAN,), "gongzhi_policy": GRANT}),
        plugin("quiet"),
    )
    assert reasons(found) == {}
    assert list(found.lists().specs)[-1] == "shared-tools"
    assert found.lists().get("shared-tools").declared_by == "tools"
    assert found.vocabulary().owners["tools.loan"] == "tools"
    assert found.policies() == {"tools": GRANT.rules}
    assert [status.state for status in found.statuses] == [State.on, State.on]


def test_a_plugin_that_cannot_be_imported_is_off_and_the_rest_is_on() -> None:
    found = host(broken("tools", ImportError("no module named hammer")), plugin("quiet"))
    assert reasons(found) == {"tools": "ImportError: no module named hammer"}
    assert names(found) == ["quiet"]


def test_a_plugin_that_raises_in_a_hook_is_off() -> None:
    def lists() -> tuple[ListSpec, ...]:
        raise RuntimeError("out of lists")

    found = host(plugin("tools", {"gongzhi_lists": lists}), plugin("quiet"))
    assert reasons(found) == {"tools": "RuntimeError: out of lists"}
    assert "shared-tools" not in found.lists().specs


def test_a_misspelt_hook_is_an_error() -> None:
    found = host(plugin("tools", {"gongzhi_list": (TOOLS,)}))
    assert "gongzhi_list" in reasons(found)["tools"]
    assert names(found) == []


def test_a_plugin_for_a_newer_host_is_off() -> None:
    found = host(plugin("tools", host=">=2"), plugin("quiet", host=">=0.1,<1"), plugin("vague", host="new"))
    assert reasons(found) == {
        "tools": "it works with host >=2, and this is 0.1.0; install a fitting version",
        "vague": "'new' is no range of versions; write it like >=0.1,<1",
    }


def test_required_plugins_come_first() -> None:
    found = host(plugin("a", requires=("b",)), plugin("b", requires=("c",)), plugin("c"))
    assert names(found) == ["c", "b", "a"]


def test_what_requires_a_missing_or_failing_plugin_is_off_too() -> None:
    found = host(plugin("a", requires=("b",)), plugin("b", requires=("nowhere",)), broken("c", OSError("gone")))
    assert reasons(found) == {
        "a": "it requires b, which is switched off: it requires nowhere: it is not installed",
        "b": "it requires nowhere: it is not installed",
        "c": "OSError: gone",
    }


def test_plugins_that_require_each_other_are_off_and_the_rest_is_on() -> None:
    found = host(plugin("a", requires=("b",)), plugin("b", requires=("a",)), plugin("c"))
    assert set(reasons(found)) == {"a", "b"}
    assert "circle" in reasons(found)["a"]
    assert names(found) == ["c"]


def test_a_plugin_that_is_switched_off_by_a_setting_is_not_imported() -> None:
    found = host(broken("tools", AssertionError("imported")), plugin("needs", requires=("tools",)), disabled=["tools"])
    assert found.statuses[1].state is State.off
    assert reasons(found)["tools"] == "switched off by the setting plugins_disabled"
    assert reasons(found)["needs"].startswith("it requires tools: switched off by the setting")
    assert [status.id for status in found.failures] == ["needs"]


def test_two_plugins_that_claim_one_name_are_both_named() -> None:
    found = host(plugin("a", {"gongzhi_lists": (TOOLS,)}), plugin("b", {"gongzhi_lists": (TOOLS,)}))
    assert reasons(found) == {"b": "list 'shared-tools' is declared by a and by b"}


def test_a_name_of_core_cannot_be_claimed() -> None:
    own = ListSpec(slug="basic-services", name="x", name_en="x", kind=ListKind.items)
    figure = FigureSource(frozenset({"communities"}), nothing)
    found = host(plugin("a", {"gongzhi_lists": (own,)}), plugin("b", {"gongzhi_figures": (figure,)}))
    assert reasons(found) == {
        "a": "list 'basic-services' is declared by core and by a",
        "b": "figure 'communities' is computed by core and by b",
    }


def test_two_plugins_of_one_id_are_both_named() -> None:
    first = plugin("tools")
    found = host(first, Candidate("tools", "elsewhere", first.load))
    assert reasons(found) == {"tools": "elsewhere and tests both bring a plugin tools"}
    assert names(found) == []


def test_a_plugin_that_calls_itself_otherwise_is_off() -> None:
    found = host(Candidate("hammer", "tests", plugin("tools").load))
    assert reasons(found) == {"hammer": "it is found as hammer and calls itself tools"}


def test_a_policy_with_problems_switches_its_plugin_off_with_the_line() -> None:
    words = {"gongzhi_resources": (LOAN,), "gongzhi_policy": DefaultPolicy(GRANT.rules.replace(b"allow", b"allwo"))}
    found = host(plugin("tools", words), plugin("quiet"))
    assert "tools.csv:1:" in reasons(found)["tools"]
    assert "allow" in reasons(found)["tools"]
    assert names(found) == ["quiet"]


async def test_a_plugin_that_fails_to_start_is_off_and_what_started_is_stopped_in_turn(database: Database) -> None:
    calls: list[str] = []

    def recording(name: str, *, fails: bool = False) -> dict[str, object]:
        async def start(database: Database) -> None:
            calls.append(f"start {name}")
            if fails:
                raise OSError("the printer is on fire")

        async def stop(database: Database) -> None:
            calls.append(f"stop {name}")

        return {"gongzhi_start": start, "gongzhi_stop": stop}

    found = host(plugin("a", recording("a")), plugin("b", recording("b", fails=True)), plugin("c", recording("c")))
    await found.start(database)
    assert reasons(found) == {"b": "gongzhi_start failed: OSError: the printer is on fire"}
    assert names(found) == ["a", "c"]
    await found.stop(database)
    assert calls == ["start a", "start b", "start c", "stop c", "stop a"]


def test_installed_packages_are_found_by_their_entry_points() -> None:
    assert [candidate.id for candidate in installed()] == sorted(candidate.id for candidate in installed())
