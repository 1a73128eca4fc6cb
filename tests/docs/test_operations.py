"""docs/operations.md: every command in it is run, and the files that it hands out are read by those they are for."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.stores import NO_PROGRAMS, free_port, programs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
BLOCK = re.compile(r"^```sh( as postgres)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REFERENCE = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user postgres can reach, with a wheel in it."""
    made = Path(tempfile.mkdtemp(prefix="gongzhi-operations-"))
    made.chmod(0o755)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    yield made
    database = made / "database"
    for server in ("replica", "primary"):
        if (database / server / "postmaster.pid").exists():
            run("pg_ctl --pgdata=$0 --mode=immediate stop", database, {}, postgres=True, argument=server)
    shutil.rmtree(made)


def run(script: str, folder: Path, more: dict[str, str], *, postgres: bool = False, argument: str = "-") -> str:
    """What a block prints, and then its exports."""
    found = programs()
    path = [str(Path(sys.executable).parent), *([str(found)] if found else []), os.environ["PATH"]]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("GONGZHI_", "PG"))}
    # A wheel is installed without what it needs, which is where the tests run.
    environ |= {"PYTHONPATH": sysconfig.get_path("purelib")}
    environ |= {"PATH": ":".join(path), "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", **more}
    owner = ["runuser", "-u", "postgres", "--"] if postgres and os.geteuid() == 0 else []
    command = [*owner, "bash", "-euo", "pipefail", "-c", f"{script}\necho; echo EXPORTS; export -p", argument]
    # A server that a block starts keeps what it inherits; a pipe would stay open with it.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, cwd=folder, env=environ, stdout=output, stderr=output, check=False)
        output.seek(0)
        text = output.read().decode()
    assert done.returncode == 0, f"{script}\n{text}"
    return text


def exports(text: str) -> dict[str, str]:
    """The variables of gongzhi and of PostgreSQL that a block leaves to the next."""
    lines = re.findall(r'^declare -x ((?:GONGZHI|PG)\w*)="(.*)"$', text.partition("EXPORTS")[2], re.MULTILINE)
    return dict(lines)


def test_every_command_is_run_in_its_order(folder: Path) -> None:
    if programs() is None:
        if "CI" in os.environ:
            pytest.fail(NO_PROGRAMS)
        pytest.skip(NO_PROGRAMS)
    ports = {"PRIMARY": str(free_port()), "REPLICA": str(free_port())}
    database = folder / "database"
    database.mkdir()
    if os.geteuid() == 0:
        shutil.chown(database, "postgres")
    blocks = BLOCK.findall(PAGE)
    assert len(blocks) == PAGE.count("```sh")
    known: dict[str, str] = {}
    printed = ""
    for marked, script in blocks:
        text = run(script, database if marked else folder, {**ports, **known}, postgres=bool(marked))
        known = exports(text) if not marked else known
        printed += text.partition("EXPORTS")[0]
    assert "streaming" in printed


def test_settings_of_the_page_exist() -> None:
    for name in ("background", "trusted_proxies", "allowed_hosts", "replicas", "pool_size", "workers"):
        assert f"`{name}" in PAGE
        assert f"`{name}`" in REFERENCE
    for name in re.findall(r"GONGZHI_([A-Z_]+)", PAGE + (ROOT / "Containerfile").read_text("utf-8")):
        assert f"`{name.lower()}`" in REFERENCE, name


@pytest.mark.parametrize("unit", ["gongzhi.service", "gongzhi-worker.service"])
def test_systemd_takes_the_units(unit: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "deploy" / unit).read_text("utf-8")
    commands = re.findall(r"^ExecStart(?:Pre)?=(\S+) (\w+)$", text, re.MULTILINE)
    assert commands
    for _, command in commands:
        subprocess.run([sys.executable, "-m", "gongzhi.cli", command, "--help"], check=True, capture_output=True)
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    here = Path(sys.executable).parent / "gongzhi"
    (tmp_path / unit).write_text(text.replace("/opt/gongzhi/venv/bin/gongzhi", str(here)), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, check=False)
    told = [line for line in done.stderr.decode().splitlines() if "gongzhi" in line]
    assert (done.returncode, told) == (0, [])


def test_nginx_takes_the_proxy(tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("no nginx")
    key, certificate = tmp_path / "gongzhi.key", tmp_path / "gongzhi.crt"
    name = [
        "-nodes",
        "-newkey",
        "rsa:2048",
        "-subj",
        "/CN=api.example.org",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    subprocess.run(["openssl", "req", "-x509", *name], check=True, capture_output=True)
    text = (
        (ROOT / "docs" / "deploy" / "nginx.conf")
        .read_text("utf-8")
        .replace("/etc/ssl/gongzhi", str(tmp_path / "gongzhi"))
    )
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ {text} }}\n", "utf-8")
    done = subprocess.run(
        [program, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_container_file_copies_what_is_there_and_runs_what_there_is() -> None:
    lines = re.sub(r"\\\n\s*", "", (ROOT / "Containerfile").read_text("utf-8")).splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENV", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    assert {word for word, _ in steps} == {*known, "ENTRYPOINT", "CMD"}
    for word, rest in steps:
        if word == "COPY" and not rest.startswith("--from="):
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources), rest
    words = [word for word, _ in steps]
    assert words.index("USER") < words.index("ENTRYPOINT")
    (entry,), (command,) = ([rest for word, rest in steps if word == each] for each in ("ENTRYPOINT", "CMD"))
    assert (entry, command) == ('["gongzhi"]', '["serve"]')
    wheel = re.search(r"force-include\]\n(.*?)\n\n", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL)
    assert wheel is not None
    assert all(line.startswith('"examples/') for line in wheel[1].splitlines())


def test_files_that_the_page_names_are_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
