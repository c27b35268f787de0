"""What the benchmarks share: processor seconds, peak memory, and a line of results.

Processor seconds of this process and its children are measured, because other work on the machine
counts less there than on the clock; what is compared is the ratio of two figures of one run.
"""

import gc
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = Path(sys.prefix) / "peers" / "bin" / "python"
"""The interpreter of the peers' own environment, made by ``make bench``."""


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Processor seconds of the work and of the programs it starts; the best of some times."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        begin = cpu_seconds()
        work()
        best = min(best, cpu_seconds() - begin)
    return best


def cpu_seconds() -> float:
    """Processor seconds that this process and its children have used, with theirs that ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ended = sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, who))
    return ended + sum(map(_used, _living()))


def _living() -> list[str]:
    """Children that live on, such as the server that starts those which read uploads."""
    told = (task / "children" for task in Path("/proc/self/task").iterdir())
    return " ".join(children.read_text() for children in told).split()


def _used(process: str) -> float:
    """Processor seconds of a process and of those of its children that ended."""
    fields = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def run(*command: str | Path) -> str:
    """The last line a program says; its own complaint is shown where it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


def installed(module: str) -> bool:
    """Whether the peers' environment is there and has this module."""
    return (
        PEERS.exists()
        and not subprocess.run(
            [PEERS, "-c", f"import {module}"], capture_output=True, check=False
        ).returncode
    )


def peak_mb(program: str, *arguments: str) -> tuple[int, int]:
    """Run a program; return the peak memory of it and of the largest of its children, in MB."""
    told = "\nfrom tests.benchmarks.measure import peaks_mb; print(*peaks_mb())"
    done = subprocess.run(
        [sys.executable, "-c", program + told, *arguments],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    own, children = done.stdout.split()
    return int(own), int(children)


def peaks_mb() -> tuple[int, int]:
    """Peak memory of this process and of the largest of its children that ended, in MB."""
    own = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert own
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return int(own[1]) // 1024, children // 1024


def say(line: str) -> None:
    """Print one line of results."""
    sys.stdout.write(f"\n{line}")
    sys.stdout.flush()
