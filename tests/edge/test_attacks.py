"""Every attack gets the status and the code that it should, tells nothing of the inside, and leaves the server well."""

import logging

import pytest

from gongzhi.testing.serving import served, settings_for
from tests.edge.attacks import Attack, attacks

INSIDE = ("Traceback", "site-packages", "/gongzhi/", "asyncpg", "sqlite3", "SELECT ")


def test_their_names_are_their_own() -> None:
    names = [attack.name for attack in attacks()]
    assert len(names) == len(set(names)) >= 50


async def test_each_gets_what_it_should(demo_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """All against one server, one after the other, so that what one left behind would show in the next."""
    wrong: list[str] = []
    settings = settings_for(demo_url)
    assert settings.signing_key
    with caplog.at_level(logging.WARNING, "gongzhi"):
        async with served(settings) as client:
            for attack in attacks():
                answer = await attack.sent(client)
                got = (answer.status_code, _code(answer.json()))
                if got != (attack.status, attack.code):
                    wrong.append(f"{attack.name}: {got} instead of {(attack.status, attack.code)}: {answer.text[:200]}")
                wrong += [f"{attack.name} tells {word!r}" for word in INSIDE if word in answer.text]
                wrong += _cacheable(attack, answer.headers.get("cache-control", ""))
            well = await client.post("/graphql", json={"query": "{ serviceLists { slug } }"})
    assert wrong == []
    assert "errors" not in well.json()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert settings.signing_key not in caplog.text


def _code(body: dict[str, object]) -> object:
    errors = body.get("errors")
    if isinstance(errors, list) and errors:
        return errors[0]["extensions"]["code"]
    return body.get("code")


def _cacheable(attack: Attack, control: str) -> list[str]:
    return [f"{attack.name} may be kept: {control!r}"] if "public" in control else []
