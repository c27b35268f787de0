"""Together 同时: many processes do their work at the same moments, and say what came of it."""

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, ForkServerContext
from multiprocessing.synchronize import Barrier
from typing import Any

from tracker.db import Database, connect
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.settings import Settings

PATIENCE_SECONDS = 600
Work = Callable[[Database, int, Callable[[], None]], list[Any]]
"""Works on a database of its own as process number n; calls the last argument to start with all."""


def together(settings: Settings, count: int, work: Work, *, anew: bool = False) -> list[list[Any]]:
    """What each of so many processes answers; fails where one of them breaks.

    They are forked, so that work may be a function of a test's own. Work on columns begins ``anew``
    in processes that took over nothing, for the threads of polars do not live on in a fork: such
    work is importable.
    """
    context: ForkServerContext | ForkContext = (
        multiprocessing.get_context("forkserver") if anew else multiprocessing.get_context("fork")
    )
    context.set_forkserver_preload([work.__module__])  # so that it is imported once for all
    barrier = context.Barrier(count)
    pipes = [context.Pipe(duplex=False) for _ in range(count)]
    crew = [
        context.Process(target=_run, args=(settings, number, work, barrier, pipes[number][1]))
        for number in range(count)
    ]
    for one in crew:
        one.start()
    for _, sending in pipes:
        sending.close()
    answers: list[list[Any]] = []
    faults: list[str] = []
    for receiving, _ in pipes:
        assert receiving.poll(PATIENCE_SECONDS), "a process never answered"
        fault, answer = receiving.recv()
        faults += [fault] if fault else []
        answers.append(answer)
    for one in crew:
        one.join()
    assert not faults, faults[0]
    return answers


def outcome(work: Callable[[], object]) -> str:
    """``done``, or what kind of refusal came: nothing else may come."""
    try:
        work()
    except (Conflict, NotAllowed, Refused) as refusal:
        return type(refusal).__name__
    return "done"


def _run(
    settings: Settings, number: int, work: Work, barrier: Barrier, sending: Connection
) -> None:
    database = connect(settings)
    try:
        answer = work(database, number, lambda: _wait(barrier))
    except BaseException:  # noqa: BLE001  told to the parent, which fails
        barrier.abort()
        sending.send((traceback.format_exc(), []))
    else:
        sending.send(("", answer))
    database.engine.dispose()


def _wait(barrier: Barrier) -> None:
    barrier.wait(PATIENCE_SECONDS)
