"""The gazetteer 地名表: what people write -> a place, a port, a country of the network.

Chinese, English, Russian and Mongolian names, UN/LOCODE, customs offices; then names with 市, 站,
口岸 or a country around them; then one slip of the pen, where only one place is that near.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from ingest.network.model import Network, Place, Port

EXACT, PART, SLIP = 1000, 900, 850
"""Trust per mille in a name found as it stands, inside a longer text, or with one slip."""
SUFFIXES = (
    "国际物流产业园",
    "综合保税区",
    "保税物流中心",
    "国际陆港",
    "公路口岸",
    "铁路口岸",
    "火车站",
    "物流园区",
    "物流园",
    "保税区",
    "口岸",
    "海关",
    "货运站",
    "南站",
    "北站",
    "东站",
    "西站",
    "地区",
    "市区",
    "城区",
    "市",
    "站",
    "州",
    "盟",
    "railwaystation",
    "terminal",
    "station",
    "city",
)
NOT_LETTERS = re.compile(r"[\W_]+")
BRACKETS = re.compile(r"[()\[\]【】〔〕]")
BETWEEN = re.compile(r"[()\[\]【】〔〕,，、;；/\\|\s·—–\-]+")
CJK = re.compile(r"^[\u4e00-\u9fff]+$")
SHORTEST_PREFIX, SHORTEST_SLIP, SHORTEST_CJK_SLIP = 3, 5, 4


SILENT, UNKNOWN = -1, -2
"""Instead of an index: nothing was said, or nothing that is known."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a text was taken for: an index, SILENT or UNKNOWN; the trust; the text if odd."""

    index: int
    trust: int = EXACT
    said: str = ""


BLANK = Term(SILENT, 0)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Folded names of places, countries and offices; indices into the network's tuples.

    An office index below the number of ports is that port alone; above it, the town of that place.
    """

    places: dict[str, int]
    countries: dict[str, int]
    offices: dict[str, int]
    towns: dict[int, int]
    slips: dict[str, frozenset[str]]

    def place(self, text: str | None) -> Term:
        """Find a place."""
        if not (text and text.strip()):
            return BLANK
        index = self._named(fold(text))
        if index is not None:
            return Term(index)
        found = self._inside(text)
        if found is None:
            found = self._slipped(fold(text))
        return found or Term(UNKNOWN, 0, text.strip())

    def country(self, text: str | None) -> Term:
        """Find a country, by code or name."""
        if not (text and text.strip()):
            return BLANK
        index = self.countries.get(fold(text))
        return Term(UNKNOWN, 0, text.strip()) if index is None else Term(index)

    def office(self, text: str | None) -> Term:
        """Find a port by customs office or name; the name of a town leaves the port to the mode."""
        if not (text and text.strip()):
            return BLANK
        folded = fold(text)
        if folded in self.offices:
            return Term(self.offices[folded])
        town = self.place(text)
        if town.index in self.towns:
            return Term(self.towns[town.index])
        return Term(UNKNOWN, 0, text.strip())

    def _named(self, folded: str) -> int | None:
        if folded in self.places:
            return self.places[folded]
        return next((self.places[bare] for bare in self._bare(folded) if bare in self.places), None)

    def _bare(self, folded: str) -> Iterator[str]:
        inner = next(
            (folded[len(name) :] for name in self._prefixes(folded) if len(name) < len(folded)),
            folded,
        )
        yield inner
        for suffix in SUFFIXES:
            if inner.endswith(suffix) and len(inner) > len(suffix):
                yield inner[: -len(suffix)]

    def _prefixes(self, folded: str) -> list[str]:
        found = [name for name in self.countries if CJK.match(name) and folded.startswith(name)]
        return sorted(found, key=len, reverse=True)

    def _inside(self, text: str) -> Term | None:
        plain = unicodedata.normalize("NFKC", text)
        tokens = [fold(token) for token in BETWEEN.split(plain)]
        found = [index for token in tokens if (index := self._named(token)) is not None]
        if len(set(found)) == 1 or (found and BRACKETS.search(plain)):
            return Term(found[0], PART, text.strip())
        if found:
            return None
        inner = next(iter(self._bare(fold(text))))
        for size in range(len(inner) - 1, SHORTEST_PREFIX - 1, -1):
            head = inner[:size]
            if CJK.match(head) and head in self.places:
                return Term(self.places[head], PART, text.strip())
        return None

    def _slipped(self, folded: str) -> Term | None:
        shortest = SHORTEST_CJK_SLIP if CJK.match(folded) else SHORTEST_SLIP
        if len(folded) < shortest:
            return None
        near = set(chain.from_iterable(self.slips.get(key, ()) for key in deletions(folded)))
        near = {name for name in near if len(name) >= shortest and one_slip(folded, name)}
        found = {self.places[name] for name in near}
        return Term(found.pop(), SLIP, folded) if len(found) == 1 else None


def fold(text: str) -> str:
    """Fold a name for look-up: width, case, accents, blanks and punctuation do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ł", "l")
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", plain)
        if unicodedata.category(letter) != "Mn"
    )
    return NOT_LETTERS.sub("", bare)


def deletions(name: str) -> set[str]:
    """Return the name and the name without any one of its letters."""
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def one_slip(one: str, other: str) -> bool:
    """Whether one letter too many, too few or wrong, or two swapped, make one text the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped


@lru_cache(maxsize=8)
def gazetteer(network: Network) -> Gazetteer:
    """Build the look-up of a network, once."""
    places: dict[str, int] = {}
    for index, place in enumerate(network.places):
        names = (place.names.zh, place.names.en, place.names.ru, *place.aliases)
        places.update(dict.fromkeys(map(fold, filter(None, names)), index))
    countries: dict[str, int] = {}
    for index, country in enumerate(network.countries):
        names = (country.code, country.names.zh, country.names.en, country.names.ru)
        countries.update(dict.fromkeys(map(fold, (*names, *country.aliases)), index))
    at = {place.id: index for index, place in enumerate(network.places)}
    count = len(network.ports)
    offices: dict[str, int] = {}
    towns: dict[int, int] = {}
    for index, port in enumerate(network.ports):
        names = (port.id, port.names.zh, port.names.en, port.names.ru)
        offices.update(dict.fromkeys(map(fold, (*names, *port.offices, *port.aliases)), index))
        if port.place:
            towns[at[port.place]] = count + at[port.place]
            offices.update(dict.fromkeys(port.town_offices, count + at[port.place]))
    return Gazetteer(places, countries, offices, towns, _slips(places))


def claims(owners: Iterable[Place | Port]) -> dict[str, set[str]]:
    """Return each folded name, with the ids of the places or ports that claim it."""
    found: dict[str, set[str]] = {}
    for one in owners:
        codes = one.offices if isinstance(one, Port) else ()
        for name in (one.names.zh, one.names.en, one.names.ru, *one.aliases, *codes):
            if name:
                found.setdefault(fold(name), set()).add(one.id)
    return found


def _slips(names: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        for key in deletions(name):
            found.setdefault(key, set()).add(name)
    return {key: frozenset(owners) for key, owners in found.items()}
