"""Run as a program: the command `gongzhi`, killed by the system in the middle of a mutation with an idempotency key.

`DYING` says when: `before` the commit, when the answer is about to be kept, or `after` it, before anything is sent. It
dies once; `DYING_MARK` is a file that says it has.
"""

import os
import signal
from pathlib import Path
from typing import Any

from gongzhi.cli import main
from gongzhi.core.idempotency import keys
from gongzhi.graphql.endpoint.idempotency import Once

MARK = Path(os.environ["DYING_MARK"])


def die() -> None:
    """Leave no time for anything."""
    if not MARK.exists():
        MARK.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def armed() -> None:
    """Put the end in."""
    answered, kept = Once.answer, keys.keep_answer

    async def answer(*given: Any) -> Any:
        found = await answered(*given)
        die()
        return found

    async def keep(*given: Any) -> None:
        await kept(*given)
        die()

    if os.environ["DYING"] == "after":
        Once.answer = answer  # type: ignore[method-assign]  # the fault that is injected
    else:
        keys.keep_answer = keep


if __name__ == "__main__":
    armed()
    main()
