"""The gazetteer 地名表: what people write -> a place, a port, a country of the network.

Chinese, English, Russian and Mongolian names, UN/LOCODE, customs offices; then names with 市, 站,
口岸 or a country around them, which must be the place's own; then one slip of the pen, where only
one place is that near. A code is never read with a slip: every other one may be a code as well.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
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
CUTS = (
    re.compile(r"[,、;/\\|]"),
    re.compile(r"[(\[【〔](?=[^(\[【〔]*$)|[)\]】〕]"),
    re.compile(r"[()\[\]【】〔〕,、;/\\|\s·—–\-]+"),
)
"""Where a longer text is cut: at commas, at the last brackets, at every mark and blank."""
LOCODE = re.compile(r"^[A-Z]{2}[A-Z2-9]{3}$")
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
    lands: tuple[int | None, ...]
    """The country of each place."""
    slips: dict[str, frozenset[str]]
    office_slips: dict[str, frozenset[str]]

    def place(self, text: str | None) -> Term:
        """Find a place."""
        if not (text and text.strip()):
            return BLANK
        index = self._named(fold(text))
        if index is not None:
            return Term(index)
        found, slipped = self._among(text) or self._begun(text), self._slipped(text)
        if found and slipped and found.index != slipped.index:
            found = slipped = None  # one of two, and which is for a person to say
        return found or slipped or Term(UNKNOWN, 0, text.strip())

    def country(self, text: str | None) -> Term:
        """Find a country, by code or name."""
        if not (text and text.strip()):
            return BLANK
        index = self.countries.get(fold(text))
        return Term(UNKNOWN, 0, text.strip()) if index is None else Term(index)

    def office(self, text: str | None) -> Term:
        """Find a port by customs office or name; the name of a town leaves the port to the mode.

        A port's name with a slip comes before a town's name inside it, as it says more.
        """
        if not (text and text.strip()):
            return BLANK
        folded = fold(text)
        if folded in self.offices:
            return Term(self.offices[folded])
        town = self.place(text)
        if town.trust < EXACT:
            index = one_near(folded, self.offices, self.office_slips)
            if index is not None:
                return Term(index, SLIP, text.strip())
        if town.index in self.towns:
            return Term(self.towns[town.index])
        return Term(UNKNOWN, 0, text.strip())

    def _named(self, folded: str) -> int | None:
        if folded in self.places:
            return self.places[folded]
        land, inner = self._landed(folded)
        named = (self.places[bare] for bare in _bare(inner) if bare in self.places)
        return next((index for index in named if self._in(index, {land})), None)

    def _landed(self, folded: str) -> tuple[int | None, str]:
        """The country a Chinese name begins with, and what follows it."""
        found = [name for name in self.countries if CJK.match(name) and folded.startswith(name)]
        before = max(found, key=len, default="")
        if len(before) in (0, len(folded)):
            return None, folded
        return self.countries[before], folded[len(before) :]

    def _in(self, index: int, lands: set[int | None]) -> bool:
        """Whether a place lies in one of the countries named beside it, where any is."""
        return lands <= {None} or self.lands[index] in lands

    def _tokens(self, plain: str, cut: re.Pattern[str]) -> tuple[list[str], set[int | None]]:
        """The folded pieces of a text that are no country, and the countries among them."""
        tokens = [token for token in map(fold, cut.split(plain)) if token]
        lands: set[int | None] = {self.countries[one] for one in tokens if one in self.countries}
        return [one for one in tokens if one not in self.countries], lands

    def _among(self, text: str) -> Term | None:
        """Find the one place among the pieces of a text: UNKNOWN for several, None for none."""
        plain = unicodedata.normalize("NFKC", text)
        for cut in CUTS:
            tokens, lands = self._tokens(plain, cut)
            found = [index for token in tokens if (index := self._named(token)) is not None]
            if not found:
                continue
            one = len(set(found)) == 1 or (cut is not CUTS[0] and BRACKETS.search(plain))
            clear = one and self._in(found[0], lands)
            return Term(found[0], PART, text.strip()) if clear else Term(UNKNOWN, 0, text.strip())
        return None

    def _begun(self, text: str) -> Term | None:
        """Find the longest Chinese name a text begins with, its country before it or not."""
        land, inner = self._landed(fold(text))
        for size in range(len(inner) - 1, SHORTEST_PREFIX - 1, -1):
            head = inner[:size]
            if CJK.match(head) and head in self.places and self._in(self.places[head], {land}):
                return Term(self.places[head], PART, text.strip())
        return None

    def _slipped(self, text: str) -> Term | None:
        """Find a place by a name with one slip, its country beside it or not."""
        for cut in CUTS[1::-1]:
            tokens, lands = self._tokens(unicodedata.normalize("NFKC", text), cut)
            if len(tokens) == 1:
                land, inner = self._landed(tokens[0])
                index = one_near(inner, self.places, self.slips)
                if index is not None and self._in(index, {*lands, land}):
                    return Term(index, SLIP, text.strip())
        return None


def _bare(name: str) -> Iterator[str]:
    yield name
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            yield name[: -len(suffix)]


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


def one_near(
    folded: str, names: Mapping[str, int], slips: Mapping[str, frozenset[str]]
) -> int | None:
    """Return what the names one slip away stand for, where they are one thing; None otherwise."""
    shortest = SHORTEST_CJK_SLIP if CJK.match(folded) else SHORTEST_SLIP
    if len(folded) < shortest:
        return None
    near = set(chain.from_iterable(slips.get(key, ()) for key in deletions(folded)))
    found = {names[name] for name in near if len(name) >= shortest and one_slip(folded, name)}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=8)
def gazetteer(network: Network) -> Gazetteer:
    """Build the look-up of a network, once."""
    places: dict[str, int] = {}
    codes: set[str] = set()
    for index, place in enumerate(network.places):
        names = (place.names.zh, place.names.en, place.names.ru, *place.aliases)
        places.update(dict.fromkeys(map(fold, filter(None, names)), index))
        codes.update(map(fold, filter(LOCODE.match, place.aliases)))
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
        codes.update(map(fold, (*port.offices, *filter(LOCODE.match, port.aliases))))
        if port.place:
            towns[at[port.place]] = count + at[port.place]
            town_offices = list(map(fold, port.town_offices))
            offices.update(dict.fromkeys(town_offices, count + at[port.place]))
            codes.update(town_offices)
    lands = tuple(countries.get(fold(place.country)) for place in network.places)
    loose, loose_offices = (_slips(names.keys() - codes) for names in (places, offices))
    return Gazetteer(places, countries, offices, towns, lands, loose, loose_offices)


def claims(owners: Iterable[Place | Port]) -> dict[str, set[str]]:
    """Return each folded name, with the ids of the places or ports that claim it."""
    found: dict[str, set[str]] = {}
    for one in owners:
        codes = (one.id, *one.offices) if isinstance(one, Port) else ()
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
