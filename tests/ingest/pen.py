"""Names as people write them 书写变体: any language or code, dressed, landed, with a slip."""

import random
from collections.abc import Callable

from ingest.network import Country, Names, Network, Place, Port

SCRIPTS = {
    "zh": ("一", "鿿", "某木州克尔巴里斯特山阿"),
    "ru": ("Ѐ", "ӿ", "абвгдеиклмнорстя"),
    "en": ("!", "ɏ", "abcdefghiklmnorstuy"),
}
"""Where the letters of a script begin and end, and the ones a slip puts in."""
SHORTEST = {"zh": 4, "ru": 5, "en": 5}
"""A slip in a shorter name leaves too little of it."""
ENDINGS = {"zh": ("市", "站"), "en": (" Station", " city"), "ru": ()}
NO_ENDING = ("旗", "市", "站", "区", "镇", "县")


class Pen:
    """Writes names as people do."""

    def __init__(self, network: Network, chance: random.Random) -> None:
        self.chance = chance
        self.countries = {one.code: one for one in network.countries}
        owners = {one.id: (one.names, one.aliases) for one in network.places}
        self.known = {
            _letters(name): key
            for key, (names, more) in owners.items()
            for name in _all(names, more)
        }

    def place(self, place: Place) -> str:
        """Write a place: a name or code of it, and something done to it half the time."""
        name = self.chance.choice(_all(place.names, place.aliases))
        if is_code(name):
            return self.chance.choice([name, name.lower(), f" {name} "])
        if self.chance.random() < 0.5:
            return name
        ways: tuple[Callable[[str, Place], str], ...] = (
            self._dressed, self._dressed, self._ended, self._landed, self._landed, self._slipped,
            self._slipped,
        )  # fmt: skip
        return self.chance.choice(ways)(name, place)

    def port(self, port: Port, town_offices: tuple[str, ...] | None = None) -> str:
        """Write a port: a customs office, a name; of its town's offices those that are given."""
        towns = port.town_offices if town_offices is None else town_offices
        name = self.chance.choice([*port.offices, *towns, *_all(port.names, port.aliases)])
        return name if name.isdigit() else self._dressed(name)

    def country(self, code: str) -> str:
        """Write a country."""
        land = self.countries[code]
        return self._dressed(self.chance.choice([code, *_all(land.names, land.aliases)]))

    def _dressed(self, name: str, _place: Place | None = None) -> str:
        """Width, case, blanks and punctuation."""
        middle = self.chance.randrange(1, len(name)) if len(name) > 1 else 0
        return self.chance.choice(
            [
                name.upper(),
                name.lower(),
                "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in name),
                f"\u3000{name} ",
                f"{name[:middle]} {name[middle:]}",
                name.replace("-", " "),
                name.replace(" ", "-"),
                f"{name}。",
                f"“{name}”",
            ]
        )

    def _ended(self, name: str, _place: Place) -> str:
        endings = () if name.endswith(NO_ENDING) else ENDINGS[script(name)]
        return name + self.chance.choice(endings) if endings else name

    def _landed(self, name: str, place: Place) -> str:
        """With its country before, behind or in brackets."""
        kind = script(name)
        land = self._land(self.countries[place.country], kind)
        if kind == "zh":
            return self.chance.choice(
                [f"{land}{name}", f"{land}，{name}", f"{name}（{land}）", f"{land} {name}"]
            )
        return self.chance.choice(
            [f"{name}, {land}", f"{land}, {name}", f"{name} ({land})", f"{name} / {land}"]
        )

    def _land(self, country: Country, kind: str) -> str:
        names = [
            name
            for name in _all(country.names, country.aliases)
            if script(name) == kind and len(name) > 1 and not is_code(name)
        ]
        return self.chance.choice(names)

    def _slipped(self, name: str, place: Place) -> str:
        """With one slip of the pen, where enough is left and it does not make another name."""
        text = spoilt(name, self.chance)
        long = min(len(_letters(name)), len(_letters(text))) >= SHORTEST[script(name)]
        return text if long and self.known.get(_letters(text), place.id) == place.id else name


def spoilt(name: str, chance: random.Random) -> str:
    """One slip in a name: a letter left out, doubled, changed or swapped with the next."""
    kind = script(name)
    places = [at for at, letter in enumerate(name) if at and letter.isalpha()]
    if not places:
        return name
    at = chance.choice(places)
    other = chance.choice(SCRIPTS[kind][2])
    return chance.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + other + name[at + 1 :],
            name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
        ]
    )


def script(name: str) -> str:
    """The language a name is written in, by its first letter."""
    return next(kind for kind, (low, high, _) in SCRIPTS.items() if low <= name[0] <= high)


def is_code(name: str) -> bool:
    """Whether a name is a number, a UN/LOCODE or the three letters of a country."""
    return name.isdigit() or (name.isascii() and name.isupper() and len(name) in (2, 3, 5))


def _all(names: Names, aliases: tuple[str, ...]) -> list[str]:
    return [name for name in (names.zh, names.en, names.ru, *aliases) if name]


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
