"""Where the running policy comes from: the shipped files, the administrator's directory, and changes to either."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from importlib.resources import files as package_files
from pathlib import Path

import msgspec

from gongzhi.core import clock
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions.checker import RESERVED_FILE
from gongzhi.core.permissions.retiring import collector_paused
from gongzhi.core.permissions.rules import DIRECTORY, PolicyFile
from gongzhi.core.permissions.running import activate
from gongzhi.core.permissions.snapshot import MODEL_FILE, Snapshot, compile_policy
from gongzhi.core.permissions.vocabulary import Vocabulary

logger = logging.getLogger("gongzhi.permissions")

POLL_SECONDS = 0.4
"""Two polls fit into the second within which every worker follows a change."""
SETTLE_SECONDS = 0.05
"""How long files must stay as they are to be taken at once, when somebody asks for the policy of this moment."""


class Status(msgspec.Struct, frozen=True):
    """What runs, and what stopped the last load. `problems` is empty after a load that succeeded."""

    revision: str | None
    commit: str | None
    loaded_at: datetime | None
    files: tuple[str, ...] = ()
    rules: int = 0
    error: str | None = None
    problems: tuple[Problem, ...] = ()
    failed_at: datetime | None = None


def shipped(plugins: Mapping[str, bytes] | None = None) -> list[PolicyFile]:
    """The files that come with gongzhi, and each plugin's policy.csv as `<plugin>.csv`."""
    folder = package_files("gongzhi") / "policies"
    names = (MODEL_FILE, RESERVED_FILE, "core.csv")
    core = [PolicyFile(name, (folder / name).read_bytes()) for name in names]
    return [*core, *(PolicyFile(f"{name}.csv", content) for name, content in sorted((plugins or {}).items()))]


def read_directory(directory: Path) -> list[PolicyFile]:
    """The administrator's `*.csv` in name order and their `model.conf`; Invalid when any of it cannot be read."""
    problems: list[Problem] = []
    found: list[PolicyFile] = []
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix == ".csv" or path.name == MODEL_FILE)
    except OSError as error:
        message = f"the policy directory cannot be read: {error.strerror}"
        raise Invalid(message, [_unreadable(directory.name, message)]) from error
    for path in paths:
        try:
            found.append(PolicyFile(path.name, path.read_bytes(), DIRECTORY))
        except OSError as error:
            problems.append(_unreadable(path.name, f"the file cannot be read: {error.strerror}"))
    problems.extend(
        Problem(message=f"{file.name} cannot be replaced", file=file.name, row=1, column="1", remedy="remove this file")
        for file in found
        if file.name == RESERVED_FILE
    )
    if problems:
        raise Invalid(f"The policy directory has problems; the first: {problems[0]}", problems)
    return found


def _unreadable(name: str, message: str) -> Problem:
    return Problem(message=message, file=name, row=1, column="1", remedy="let the service's user read it")


def gather(directory: Path | None, plugins: Mapping[str, bytes] | None = None) -> list[PolicyFile]:
    """All files of a policy: the shipped, then the directory's. A file of the same name replaces the shipped one."""
    own = read_directory(directory) if directory is not None else []
    replaced = {file.name for file in own}
    return [*(file for file in shipped(plugins) if file.name not in replaced), *own]


def load(
    directory: Path | None,
    vocabulary: Vocabulary,
    known_paths: Collection[str] | None = None,
    *,
    plugins: Mapping[str, bytes] | None = None,
) -> Snapshot:
    """The policy of a directory (None: the shipped one), compiled; Invalid with every problem of every file."""
    commit = commit_of(directory) if directory is not None else None
    return compile_policy(gather(directory, plugins), vocabulary, known_paths, commit=commit)


def commit_of(directory: Path) -> str | None:
    """The commit checked out where the directory lies, read from `.git` without running git; None if unknown."""
    try:
        for folder in (directory.resolve(), *directory.resolve().parents):
            git = folder / ".git"
            if git.is_file():
                git = folder / git.read_text("utf-8").removeprefix("gitdir:").strip()
            if git.is_dir():
                return _head_of(git)
    except (OSError, UnicodeDecodeError):
        return None
    return None


def _head_of(git: Path) -> str | None:
    head = (git / "HEAD").read_text("utf-8").strip()
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    common = git / "commondir"
    root = (git / common.read_text("utf-8").strip()) if common.is_file() else git
    if (root / name).is_file():
        return (root / name).read_text("utf-8").strip()
    packed = (root / "packed-refs").read_text("utf-8").splitlines()
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), None)


class PolicyStore:
    """The running snapshot of this process. `known_paths` is called at each load, since territories change."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        directory: Path | None = None,
        *,
        plugins: Mapping[str, bytes] | None = None,
        known_paths: Callable[[], Collection[str] | None] = lambda: None,
    ) -> None:
        self._vocabulary = vocabulary
        self._directory = directory
        self._plugins = dict(plugins or {})
        self._known_paths = known_paths
        self._snapshot: Snapshot | None = None
        self._fingerprint: str | None = None
        self.status = Status(None, None, None)
        self._looking = asyncio.Lock()
        self._looked = float("-inf")

    @property
    def snapshot(self) -> Snapshot:
        """The policy that decides now. Raises until the first `load`."""
        if self._snapshot is None:
            raise Invalid("No policy was loaded.")
        return self._snapshot

    def load(self) -> Snapshot:
        """Load and let it decide; at the start a policy with problems is raised, since there is no good one to keep."""
        try:
            return self._load()
        except Invalid as error:
            self._failed(error)
            raise

    def reload(self) -> bool:
        """Load again; False when the files have problems: then the running policy stays and `status` tells why."""
        try:
            self._load()
        except Invalid as error:
            self._failed(error)
            return False
        return True

    def _load(self) -> Snapshot:
        self._fingerprint = self.fingerprint()
        with collector_paused():
            snapshot = load(self._directory, self._vocabulary, self._known_paths(), plugins=self._plugins)
        names = tuple(file.name for file in snapshot.files)
        self._snapshot = snapshot
        self.status = Status(snapshot.revision, snapshot.commit, clock.now(), names, len(snapshot.rules))
        activate(snapshot)
        logger.info("policy %s decides: %d rules of %s", snapshot.revision, len(snapshot.rules), ", ".join(names))
        return snapshot

    def _failed(self, error: Invalid) -> None:
        self.status = msgspec.structs.replace(
            self.status, error=error.message, problems=error.problems, failed_at=clock.now()
        )
        logger.error("policy refused, %s stays: %s", self.status.revision or "none", error.message)

    def fingerprint(self) -> str:
        """Changes with the content of the directory; a directory that cannot be read has a fingerprint too."""
        if self._directory is None:
            return "shipped"
        try:
            read: Sequence[PolicyFile] = read_directory(self._directory)
        except Invalid as error:
            return f"unreadable: {error.message}"
        digest = sha256()
        for file in read:
            digest.update(f"{file.name}\0{len(file.content)}\0".encode() + file.content)
        return digest.hexdigest()

    async def look(self) -> None:
        """Take what the files say now, once for all who ask at the same time; as in `watch`, if they say it twice."""
        async with self._looking:
            if self._directory is None or time.monotonic() - self._looked < SETTLE_SECONDS:
                return
            now = await asyncio.to_thread(self.fingerprint)
            if now != self._fingerprint:
                await asyncio.sleep(SETTLE_SECONDS)
                if now == await asyncio.to_thread(self.fingerprint):
                    await asyncio.to_thread(self.reload)
            self._looked = time.monotonic()

    async def watch(self, interval: float = POLL_SECONDS) -> None:
        """Reload whenever the directory's content changed; runs until it is cancelled.

        A change is taken when two polls in a row see the same content, so that a file half written is not judged.
        Reading and compiling happen in a thread: requests go on, decided by the policy that they began with.
        """
        seen = self._fingerprint
        while True:
            await asyncio.sleep(interval)
            try:
                now = await asyncio.to_thread(self.fingerprint)
                if now == seen != self._fingerprint:
                    await asyncio.to_thread(self.reload)
                seen = now
            except Exception as error:  # whatever stops one look at the files must not stop the next
                logger.exception("the policy files cannot be followed")
                self._failed(Invalid(f"The policy files cannot be followed: {type(error).__name__}: {error}"))
                self._fingerprint = None
