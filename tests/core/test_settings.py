from pathlib import Path

import msgspec
import pytest

from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.settings import Settings, describe, effective, is_loopback, is_private_channel


def load(tmp_path: Path, toml: str = "", **environ: str) -> Settings:
    file = tmp_path / "gongzhi.toml"
    file.write_text(toml, "utf-8")
    return Settings.load(environ, file)


def problems(tmp_path: Path, toml: str = "", **environ: str) -> list[Problem]:
    with pytest.raises(Invalid) as refusal:
        load(tmp_path, toml, **environ)
    assert all(str(problem) in refusal.value.message for problem in refusal.value.problems)
    return list(refusal.value.problems)


def row(settings: Settings, name: str) -> tuple[str, str]:
    found = next(row for row in effective(settings) if row.name == name)
    return found.value, found.source


def test_the_defaults_are_safe_and_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load({"PATH": "/bin"})
    assert settings == Settings()
    assert settings.unsafe() == []
    assert {row.source for row in effective(settings)} == {"default"}


def test_the_file_in_the_working_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gongzhi.toml").write_text("port = 8123")
    assert Settings.load({}).port == 8123


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.toml"
    file.write_text("demo = true")
    assert Settings.load({"GONGZHI_CONFIG": str(file)}).demo is True


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"no-such\.toml: there is no such file \(correct GONGZHI_CONFIG\)"):
        Settings.load({"GONGZHI_CONFIG": str(tmp_path / "no-such.toml")})


def test_a_file_that_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in problems(tmp_path, "port = 1\nhost = \n")[0].message


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, 'port = 1\nhost = "::1"', GONGZHI_PORT="2")
    assert (settings.port, settings.host) == (2, "::1")
    assert row(settings, "port") == ("2", "env")
    assert row(settings, "host") == ("'::1'", "toml")
    assert row(settings, "workers") == ("1", "default")
    assert row(msgspec.structs.replace(settings, workers=3), "workers") == ("3", "code")


def test_every_type_is_read_from_the_environment(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        GONGZHI_STRICT="TRUE",
        GONGZHI_POOL_WAIT_SECONDS="0.5",
        GONGZHI_CORS_ORIGINS="https://a.example, https://b.example,",
        GONGZHI_INTROSPECTION="off",
        GONGZHI_ISSUER="https://id.example",
    )
    assert settings.strict is True
    assert settings.pool_wait_seconds == 0.5
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.introspection == "off"
    assert settings.issuer == "https://id.example"


def test_an_empty_variable_unsets(tmp_path: Path) -> None:
    settings = load(tmp_path, 'policies = "grants"\ncors_origins = ["https://a.example"]', GONGZHI_POLICIES="")
    assert settings.policies is None
    assert settings.cors_origins == ("https://a.example",)
    assert load(tmp_path, 'cors_origins = ["https://a.example"]', GONGZHI_CORS_ORIGINS="").cors_origins == ()


def test_unknown_keys_name_the_nearest_in_both_places(tmp_path: Path) -> None:
    in_file, in_environment = problems(tmp_path, "prot = 1", GONGZHI_ISUER="x")
    assert (in_file.field, in_file.file) == ("prot", str(tmp_path / "gongzhi.toml"))
    assert in_file.remedy == "did you mean port?"
    assert in_environment.field == "GONGZHI_ISUER"
    assert in_environment.remedy == "did you mean GONGZHI_ISSUER?"


def test_where_values_come_from_cannot_be_set(tmp_path: Path) -> None:
    assert [problem.field for problem in problems(tmp_path, "sources = {}", GONGZHI_SOURCES="")] == [
        "sources",
        "GONGZHI_SOURCES",
    ]


def test_variables_of_the_test_suite_are_not_settings(tmp_path: Path) -> None:
    assert load(tmp_path, GONGZHI_TEST_POSTGRESQL="postgresql://localhost/x").database == Settings().database


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("GONGZHI_PORT", "http", "must be a whole number from 0 to 65535, not 'http'"),
        ("GONGZHI_PORT", "65536", "must be a whole number from 0 to 65535, not '65536'"),
        ("GONGZHI_PORT", "", "must be a whole number from 0 to 65535, not ''"),
        ("GONGZHI_WORKERS", "0", "must be a whole number of at least 1, not '0'"),
        ("GONGZHI_POOL_WAIT_SECONDS", "nan", "must be a number above 0, not 'nan'"),
        ("GONGZHI_DEMO", "perhaps", "must be true or false, not 'perhaps'"),
        ("GONGZHI_LOG_LEVEL", "loud", "must be one of debug, error, info, warning, not 'loud'"),
        ("GONGZHI_AUDIENCE", "", "must be a text that is not empty, not ''"),
    ],
)
def test_a_wrong_value_in_the_environment_names_the_variable(
    tmp_path: Path, variable: str, text: str, message: str
) -> None:
    assert problems(tmp_path, **{variable: text}) == [Problem(message, field=variable)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('port = "8000"', "must be a whole number from 0 to 65535, not '8000'"),
        ("port = true", "must be a whole number from 0 to 65535, not true"),
        ("demo = 1", "must be true or false, not 1"),
        ("host = 127", "must be a text, not 127"),
        ('cors_origins = "https://a.example"', "must be a list of texts, not 'https://a.example'"),
    ],
)
def test_a_wrong_value_in_the_file_names_the_key(tmp_path: Path, line: str, message: str) -> None:
    key = line.split()[0]
    assert problems(tmp_path, line) == [Problem(message, field=key, file=str(tmp_path / "gongzhi.toml"))]


@pytest.mark.parametrize("password", ["hunter2", "hun@ter2", "hun/ter2?", "a:b"])
def test_no_password_is_ever_shown(tmp_path: Path, password: str) -> None:
    address = f"postgresql://gongzhi:{password}@db.example/gongzhi"
    settings = load(tmp_path, GONGZHI_DATABASE=address, GONGZHI_REPLICAS=f"{address},{address}")
    assert settings.database == address
    masked = "'postgresql://gongzhi:***@db.example/gongzhi'"
    assert row(settings, "database") == (masked, "env")
    assert row(settings, "replicas") == (f"[{masked}, {masked}]", "env")
    assert password not in repr(settings)
    assert password not in str(settings)


def test_a_password_in_the_query_is_masked() -> None:
    settings = Settings(database="postgresql://h/n?user=u&password=hunter2&sslmode=require")
    assert row(settings, "database")[0] == "'postgresql://h/n?user=u&password=***&sslmode=require'"


def test_a_secret_is_neither_shown_nor_quoted_when_it_is_wrong(tmp_path: Path) -> None:
    settings = load(tmp_path, GONGZHI_SIGNING_KEY="-----BEGIN hunter2")
    assert row(settings, "signing_key") == ("***", "env")
    assert "hunter2" not in repr(settings)
    assert row(Settings(), "signing_key") == ("unset", "default")
    assert problems(tmp_path, 'signing_key = ["hunter2"]')[0].message == "must be a text"


def test_a_password_in_a_wrong_value_is_masked(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, 'replicas = "postgresql://u:hunter2@h/n"')
    assert problem.message == "must be a list of texts, not 'postgresql://u:***@h/n'"


def test_every_setting_is_described() -> None:
    described = describe(Settings)
    assert [setting.name for setting in described] == [
        field for field in Settings.__struct_fields__ if field != "sources"
    ]
    assert all(setting.description.endswith(".") for setting in described)
    assert all(setting.variable == f"GONGZHI_{setting.name.upper()}" for setting in described)
    assert [setting.name for setting in described if setting.secret] == ["webhook_keys", "signing_key", "audit_key"]


OPEN = {"host": "0.0.0.0", "issuer": "https://id.example"}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        (OPEN, []),
        ({"demo": True, "introspection": "on"}, []),
        ({"host": "::1"}, []),
        ({"host": "localhost"}, []),
        ({**OPEN, "demo": True}, ["demo"]),
        ({**OPEN, "introspection": "on"}, ["introspection"]),
        ({"host": "::"}, ["issuer"]),
        ({"host": "gongzhi.example"}, ["issuer"]),
        ({"host": ""}, ["issuer"]),
        ({"trusted_proxies": ("10.0.0.1",)}, ["issuer"]),
        ({"host": "10.0.0.2", "demo": True, "introspection": "on"}, ["demo", "introspection", "issuer"]),
        ({"issuer": "http://id.example"}, ["issuer"]),
        ({"issuer": "http://127.0.0.1:9000"}, []),
        ({**OPEN, "jwks_url": "http://id.example/keys"}, ["jwks_url"]),
        ({"jwks_url": "https://id.example/keys"}, ["jwks_url"]),
    ],
)
def test_what_is_not_safe_to_start_with(values: dict[str, object], fields: list[str]) -> None:
    settings = msgspec.convert(values, Settings)
    found = settings.unsafe()
    assert [problem.field for problem in found] == fields
    assert all(problem.remedy for problem in found)
    if not fields:
        settings.require_safe()
        return
    with pytest.raises(Invalid) as refusal:
        settings.require_safe()
    assert list(refusal.value.problems) == found


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("[::1]", True), ("LOCALHOST", True), ("localhost.example", False)],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://id.example", True),
        ("http://[::1]:80/x", True),
        ("http://id.example", False),
        ("http://127.0.0.1@id.example", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("https://[", False),
        ("id.example", False),
    ],
)
def test_private_channels(url: str, expected: bool) -> None:
    assert is_private_channel(url) is expected
