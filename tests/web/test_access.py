"""The access matrix as a page: by the policy in force, of roles alone, and with a style of its own and no other."""

from gongzhi.testing.serving import served, settings_for


async def test_it_shows_the_policy_in_force(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        page = await client.get("/access")
        revision = (await client.post("/graphql", json={"query": "{ __typename }"})).headers["x-gongzhi-revision"]
    assert page.status_code == 200
    assert revision.partition("-")[2] in page.text
    for shown in ("权限总表", "Who may do what", "catalogue.edition", "mediation.case", 'title="role:'):
        assert shown in page.text
    assert "demo-" not in page.text


async def test_nothing_but_its_own_style_is_applied(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        policy = (await client.get("/access")).headers["content-security-policy"]
    assert "style-src 'sha256-" in policy
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
