"""Compound files 复合文档: the little file system that old office documents are kept in."""

import struct
from dataclasses import dataclass
from functools import cached_property

LAST = 0xFFFFFFFA
"""Sector numbers from here on are marks: end of a chain, a free sector."""
ENTRY = 128
STREAM, ROOT = 2, 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream: its kind, the first sector and the size."""

    kind: int
    start: int
    size: int


class Compound:
    """A compound file; what is irregular raises ValueError or struct.error."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        shift, self.short_shift = struct.unpack_from("<HH", raw, 30)
        if shift not in {9, 12} or self.short_shift >= shift:
            raise ValueError("sector size")
        self.size = 1 << shift
        self.directory, _, self.cutoff, self.short_table = struct.unpack_from("<IIII", raw, 48)
        self.table = self._table()

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self.size
        return self.raw[at : at + self.size]

    def _table(self) -> tuple[int, ...]:
        """Return, for every sector, the one that follows it.

        A list of the table's sectors that names more than the file has is refused: one that runs in
        a circle would make gigabytes of kilobytes.
        """
        most = len(self.raw) // self.size
        more, _, *listed = struct.unpack_from("<II109I", self.raw, 68)
        places = [place for place in listed if place < LAST]
        for _ in range(most):
            if more >= LAST:
                break
            *listed, more = _numbers(self._sector(more))
            places += [place for place in listed if place < LAST]
            if len(places) > most:
                raise ValueError("table")
        return _numbers(b"".join(map(self._sector, places)))

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, _followed(self.table, start)))

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Return the streams by name, and the root."""
        found: dict[str, Entry] = {}
        data = self._chain(self.directory)
        for at in range(0, len(data) - ENTRY + 1, ENTRY):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            name = data[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", data, at + 116)
            if kind in {STREAM, ROOT}:
                found.setdefault("" if kind == ROOT else name, Entry(kind, start, size))
        return found

    def stream(self, name: str) -> bytes:
        """Return the bytes of a stream; short ones are kept in the root's."""
        one = self.entries[name]
        if one.size >= self.cutoff:
            return self._chain(one.start)[: one.size]
        kept = self._chain(self.entries[""].start)
        size = 1 << self.short_shift
        chain = _followed(_numbers(self._chain(self.short_table)), one.start)
        return b"".join(kept[place * size : (place + 1) * size] for place in chain)[: one.size]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _followed(table: tuple[int, ...], start: int) -> list[int]:
    """Follow a chain; one that runs in a circle is refused."""
    chain: list[int] = []
    while start < LAST:
        if start >= len(table) or len(chain) > len(table):
            raise ValueError("chain")
        chain.append(start)
        start = table[start]
    return chain
