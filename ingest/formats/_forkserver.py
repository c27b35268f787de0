"""The forkserver 预热父进程: imports what reads files once, then forks one child for each file.

Starting Python and importing everything takes half a second a file; forking takes a hundredth of
that. It runs in a bare environment, opens no file itself and does nothing with the libraries but
import them, so that every child begins as if it were new. Each request is one message on standard
input, a socket: the format module and the seconds a child may take, with three open files: the
manifest, where the answer goes, and a pipe on which the child says how it ended.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from ingest import formats
from ingest.formats import _child

MESSAGE = 4096
"""Bytes of a request at most."""
FILES = 3


def serve(asked: socket.socket) -> None:
    """Fork a child for every request until nobody can ask any more."""
    formats.by_kind()
    while True:
        message, files, _, _ = socket.recv_fds(asked, MESSAGE, FILES)
        if not message:
            break
        module, _, seconds = message.decode().partition(" ")
        if os.fork() == 0:
            _end(partial(_answer, asked, module, int(seconds), files))
        for one in files:
            os.close(one)
        _reap(os.WNOHANG)
    _reap(0)


def _answer(asked: socket.socket, module: str, seconds: int, files: list[int]) -> None:
    """Read one file as the child that was forked for it, and say how that ended."""
    asked.close()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    manifest, answer, said = files
    try:
        with os.fdopen(manifest, "rb") as file, os.fdopen(answer, "wb") as out:
            _child.main(module, file, out)
        os.write(said, _child.WHOLE)
    except BaseException as error:  # a library written in Rust panics with one
        os.write(said, f"{type(error).__name__}: {error}".encode(errors="replace")[:MESSAGE])
        raise


def _reap(how: int) -> None:
    """See out the children that ended, or all of them."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _end(work: Callable[[], None]) -> None:
    """Do the work and leave at once: what the parent would do at its end is not the child's."""
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    serve(socket.socket(fileno=sys.stdin.fileno()))
