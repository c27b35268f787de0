"""What the benchmarks share: processor seconds, peak memory, and a line of results.

Processor seconds of this process and its children are measured, because other work on the machine
counts less there than on the clock; what is compared is the ratio of two figures of one run.
"""

import gc
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Processor seconds of the work and of the programs it starts; the best of some times."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        begin = _used()
        work()
        best = min(best, _used() - begin)
    return best


def _used() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, who))


def peak_mb(program: str, *arguments: str) -> tuple[int, int]:
    """Run a program; return the peak memory of it and of the largest of its children, in MB."""
    told = (
        "\nimport re, resource, sys; from pathlib import Path"
        "\nown = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]"
        "\nchildren = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss"
        "\nsys.stdout.write(f'{int(own) // 1024} {children // 1024}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + told, *arguments],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    own, children = done.stdout.split()
    return int(own), int(children)


def say(line: str) -> None:
    """Print one line of results."""
    sys.stdout.write(f"\n{line}")
    sys.stdout.flush()
