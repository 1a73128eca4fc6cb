"""Imports point one way: graphql -> core; plugins -> api; only app and cli join everything."""

import pytest

from tests.style.source import PACKAGE, imports, listed, python

OWN = "gongzhi"
EXAMPLES = "examples/plugins/"
ALLOWED = {
    "gongzhi.core": ("gongzhi.core",),
    "gongzhi.edge": ("gongzhi.core", "gongzhi.edge"),
    "gongzhi.graphql": ("gongzhi.core", "gongzhi.edge", "gongzhi.graphql"),
    "gongzhi.api": ("gongzhi.core", "gongzhi.graphql"),
    "gongzhi.data": ("gongzhi.core", "gongzhi.data"),
    "gongzhi.demo": ("gongzhi.core", "gongzhi.data", "gongzhi.demo"),
    "gongzhi.piccolo_conf": ("gongzhi.core",),
    "gongzhi.web": ("gongzhi.core", "gongzhi.edge", "gongzhi.graphql", "gongzhi.web"),
    "gongzhi.installation": ("gongzhi.core", "gongzhi.plugins"),
    "gongzhi.app": ("gongzhi",),
    "gongzhi.cli": ("gongzhi",),
}
"""Part -> what of gongzhi it may import. A plugin may import gongzhi.api and itself. `gongzhi.__version__` is free."""

EDGES = {"litestar", "strawberry", "graphql", "uvicorn", "click", "starlette"}
"""What only the outer parts know. The domain works without a web server and without a terminal."""


def module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_in(imported: str, package: str) -> bool:
    return imported == package or imported.startswith(f"{package}.")


def allowed(name: str) -> tuple[str, ...]:
    if name.startswith(EXAMPLES):
        return ("gongzhi.api", "gongzhi.testing") if "/tests/" in name else ("gongzhi.api",)
    place = module(name)
    if is_in(place, "gongzhi.testing"):
        return ("gongzhi",)
    if is_in(place, "gongzhi.plugins"):
        return ("gongzhi.api", ".".join(place.split(".")[:3]))
    for part, targets in ALLOWED.items():
        if is_in(place, part):
            return targets
    return ()


def wrong(name: str) -> list[str]:
    targets = allowed(name)
    return [
        f"{name}:{line} imports {imported}, allowed: {', '.join(targets) or 'nothing of gongzhi'}"
        for line, imported in imports(name)
        if is_in(imported, OWN)
        and imported not in ("gongzhi", "gongzhi.__version__")
        and not any(is_in(imported, target) for target in targets)
    ]


@pytest.mark.parametrize("name", [*python(PACKAGE), *python(EXAMPLES)])
def test_imports_point_one_way(name: str) -> None:
    found = wrong(name)
    assert not found, listed(found, "Move what both need into core, or pass it in; see tests/style/test_imports.py.")


def test_the_domain_knows_no_server_and_no_terminal() -> None:
    found = [
        f"{name}:{line} imports {imported}"
        for name in python("gongzhi/core/")
        for line, imported in imports(name)
        if imported.split(".")[0] in EDGES
    ]
    assert not found, listed(found, "Let gongzhi.graphql, gongzhi.app or gongzhi.cli translate; core stays without it.")


def test_casbin_stays_behind_its_boundary() -> None:
    found = [
        f"{name}:{line} imports {imported}"
        for name in python(PACKAGE)
        for line, imported in imports(name)
        if is_in(imported, "casbin") and not name.startswith("gongzhi/core/permissions/")
    ]
    assert not found, listed(found, "Use gongzhi.core.permissions: it decides, explains and filters.")


def test_a_plugin_may_import_the_api_and_itself_alone() -> None:
    assert allowed("gongzhi/plugins/mediation/service.py") == ("gongzhi.api", "gongzhi.plugins.mediation")
    assert allowed("gongzhi/core/errors.py") == ("gongzhi.core",)
    assert allowed("gongzhi/stray.py") == ()
    assert allowed("examples/plugins/shared-tools/gongzhi_shared_tools/service.py") == ("gongzhi.api",)
