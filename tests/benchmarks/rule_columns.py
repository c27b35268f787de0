"""The shipments as columns 发运列: what every engine is given, and how one is run over them.

Standard library and numpy only, so that it runs in the peers' environment as well as in ours.
"""

import json
import re
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Column = np.ndarray[Any, np.dtype[Any]]
Given = dict[str, Column]
Run = Callable[[], "Sequence[int] | Column"]
ROWS = ("part", "total", "half_feu", "freight", "firm", "country", "year")
"""The columns of the file that have a number a shipment."""


def told(run: Run, into: Path, times: int) -> None:
    """Run so many times, keep the awards, and print the best processor seconds and the memory."""
    held = peak_mb()
    best = float("inf")
    made: Sequence[int] | Column = ()
    for _ in range(times):
        begin = _cpu()
        made = run()
        best = min(best, _cpu() - begin)
    np.save(into, np.asarray(made, dtype=np.int64))
    peak = peak_mb()
    said = {"seconds": best, "rows": len(made), "peak_mb": peak, "computing_mb": peak - held}
    sys.stdout.write(json.dumps(said))


def peak_mb() -> int:
    """Peak memory of this process in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) // 1024


def _cpu() -> float:
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def tiers(given: Given) -> list[tuple[int, int]]:
    """From which trip on, so many percent; the highest first."""
    pairs = zip(given["tier_from"].tolist(), given["tier_percent"].tolist(), strict=True)
    return [*pairs][::-1]


def rows(given: Given) -> list[tuple[int, ...]]:
    """The shipments one by one, as ROWS says."""
    return list(zip(*(given[name].tolist() for name in ROWS), strict=True))


def before(group: Column, amounts: Column) -> Column:
    """What each group had before each row, by numpy: OpenFisca has nothing of the kind."""
    by = np.argsort(group.astype(np.uint16), kind="stable")
    sums = np.cumsum(amounts[by], dtype=amounts.dtype)
    sizes = np.bincount(group)
    starts = np.repeat(np.append(sums.dtype.type(0), sums)[np.cumsum(sizes) - sizes], sizes)
    found = np.empty_like(sums)
    found[by] = sums - amounts[by] - starts
    return found
