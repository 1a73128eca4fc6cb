"""Requests a second of 32 callers, with one worker and with several."""

import os
from contextlib import ExitStack

from bench.growth.steps import Step, medians
from bench.http import cases, database
from bench.http.field import UNCACHED, Field, without_cache
from bench.http.servers import resident
from bench.pace import quick

SIZES = (1, 2, 4)


def steps(field: Field) -> list[Step]:
    """One for each number of workers. Whoever loads needs a share of the cores as well."""
    page = cases.offerings_page(database.paths(field.database, cases.PAGE)).bodies("gongzhi")
    items = cases.public_list().bodies("gongzhi")
    what = f"workers on {len(os.sched_getaffinity(0))} cores"
    with ExitStack() as stack:
        servers = {
            size: stack.enter_context(field.ours(UNCACHED, without_cache(), size))
            for size in (SIZES[:2] if quick() else SIZES)
        }
        pages, lists = (medians(what, servers, bodies) for bodies in (page, items))
        memory = {size: resident(server.pid) for size, server in servers.items()}
    return [
        Step(what, size, {"pages of offerings /s": page.rate, "public lists /s": whole.rate, "memory MB": memory[size]})
        for size, page, whole in zip(servers, pages, lists, strict=True)
    ]
