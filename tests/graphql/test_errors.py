"""What clients are told of refusals and defects, and where it stands."""

import logging

import pytest
import strawberry

from gongzhi.core.hooks import GraphQLPart
from gongzhi.graphql.fields import public
from gongzhi.testing.serving import served, settings_for
from tests.core.host.samples import host, plugin
from tests.graphql.asking import ask, codes

SECRET = "could not connect to /etc/secret at db.internal"


@strawberry.type
class Failing:
    """Fails in the way of a defect."""

    @public("Fails.")  # type: ignore[untyped-decorator]  # a strawberry field, whatever it decorates
    def breaks(self) -> int | None:
        raise RuntimeError(SECRET)


async def test_a_defect_is_told_by_its_reference_alone(demo_sqlite: str, caplog: pytest.LogCaptureFixture) -> None:
    plugins = host(plugin("failing", {"gongzhi_graphql": GraphQLPart(queries=(Failing,))}))
    async with served(settings_for(demo_sqlite), plugins) as client:
        with caplog.at_level(logging.ERROR, "gongzhi.graphql"):
            found = await ask(client, "{ breaks __typename }")
    (error,) = found["errors"]
    reference = error["extensions"]["reference"]
    assert found["data"] == {"breaks": None, "__typename": "Query"}
    assert (error["path"], error["extensions"]["code"]) == (["breaks"], "INTERNAL")
    assert reference in error["message"]
    assert not any(word in str(found) for word in ("secret", "RuntimeError", "Traceback", ".py"))
    (line,) = [record for record in caplog.records if reference in record.getMessage()]
    assert line.exc_info is not None
    assert str(line.exc_info[1]) == SECRET


async def test_a_guarded_field_is_null_with_its_own_error(demo_url: str) -> None:
    query = '{ account(code: "demo-station-head") { code name birthDate } }'
    async with served(settings_for(demo_url)) as client:
        others = await ask(client, query, None, "demo-party-secretary")
        own = await ask(client, "{ viewer { account { code birthDate } } }", None, "demo-resident")
    assert others["data"]["account"].pop("name")
    assert others["data"] == {"account": {"code": "demo-station-head", "birthDate": None}}
    assert codes(others) == ["FORBIDDEN"]
    assert others["errors"][0]["path"] == ["account", "birthDate"]
    assert own["data"]["viewer"]["account"]["code"] == "demo-resident"
    assert "errors" not in own
