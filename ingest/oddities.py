"""Oddities 风险提示: what a reviewer should look at twice, of values that are right one by one.

An oddity proves nothing and changes no money. Days are known and hours are not, so each check
grants the whole of the first and the last day: what is told of speed cannot be as it is stated.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from statistics import median_low
from typing import NamedTuple

from ingest.km import km

MOST_KMH = {"ROAD": 100, "RAIL": 120}
"""Mode -> km/h that nothing exceeds on average, day and night without a stop.

Road: the most a lorry may drive on a motorway, 道路交通安全法实施条例 article 78. Rail: a bound of
our own, meant to lie well above what a goods train keeps up for days."""
LEAST_OTHERS = 10
"""Fewer freights are no measure."""
NEAR_DAYS = 7
"""Within so many days, crossings of one tractor or trailer in one direction belong together: a
bound of our own, shorter than a way to Europe and back."""
MOST_EMPTY = 10
"""Per cent of empty boxes that a train of 中欧班列 may have: a rule of China's railways since 2018,
as the South China Morning Post reported in 2019."""
TIMES = 3
"""A freight is odd above this many times the median, and below one such part of it."""

MESSAGES = {
    "seal_twice": (
        "封志号 {0} 另见于 {1} 个车次（箱），最近的于 {2} 发运",
        "seal {0} stands on {1} other shipments, the nearest of which left on {2}",
    ),
    "carnet_twice": (
        "TIR 单证号 {0} 另见于 {1} 个车次，最近的于 {2} 发运：一份单证只供一次运输",
        "TIR carnet {0}, good for one transport, stands on {1} others, the nearest left on {2}",
    ),
    "batch_twice": (
        "货物运输批次号 {0} 另见于 {1} 个车次，最近的于 {2} 发运",
        "batch number {0} stands on {1} other shipments, the nearest of which left on {2}",
    ),
    "trailer_again": (
        "挂车 {0} 于 {1}、{2} 两次同向过境，牵引车不同：甩挂运输的一车货只计一次",
        "trailer {0} crossed the same way on {1} and {2} behind other tractors: count a load once",
    ),
    "bare_crossings": (
        "牵引车 {0} 在 {1} 至 {2} 间同向过境 {3} 次，其中带载货挂车 {4} 次",
        "tractor {0} crossed the same way {3} times from {1} to {2}, with a loaded trailer {4}",
    ),
    "empty_train": (
        "列车 {0}（{1} 发运）已登记 {2} 箱，其中空箱 {3} 箱，占 {4}%，超过 {5}%",
        "train {0} of {1}: of {2} boxes known {3} are empty, {4}%, more than {5}%",
    ),
    "box_too_soon": (
        "集装箱 {0} 于 {1} 发运、{2} 又反向发运，隔 {3} 天：前程 {4} 公里，时速 {5} 不停也到不了",
        "box {0} left on {1}, the other way on {2}, {3} days apart: {4} km are too far at {5} km/h",
    ),
    "too_fast": (
        "{0} 发运、{1} 出境，境内 {2} 公里：昼夜不停也须时速 {3} 公里以上（上限 {4}）",
        "left on {0}, crossed on {1}: {2} km in China take {3} km/h day and night (most: {4})",
    ),
    "freight_high": (
        "运费为同通道、同方向、同月其他 {1} 车次（箱）中位数（{2} {3}）的 {0}%",
        "freight is {0}% of the median ({2} {3}) of {1} others of its corridor, way and month",
    ),
    "freight_low": (
        "运费仅为同通道、同方向、同月其他 {1} 车次（箱）中位数（{2} {3}）的 {0}%",
        "freight is only {0}% of the median ({2} {3}) of {1} others of its corridor, way and month",
    ),
}
"""Code -> the sentence in Chinese and in English."""


class Oddity(NamedTuple):
    """One oddity: its code, and what fills the sentence."""

    code: str
    args: tuple[str, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """Say it in Chinese or, for "en", in English."""
        zh, en = MESSAGES[self.code]
        return (en if lang == "en" else zh).format(*self.args)


def box_too_soon(box: str, left: date, back: date, mode: str, km_tenths: int) -> Oddity | None:
    """Tell of a box that leaves the other way before the first way can have ended.

    `km_tenths` is the whole distance of the first way, by `mode`; `back` is not before `left`.
    """
    most, days = MOST_KMH[mode], (back - left).days
    if not _cannot_be(km_tenths, days, most):
        return None
    args = (box, left.isoformat(), back.isoformat(), str(days), km(km_tenths), str(most))
    return Oddity("box_too_soon", args)


def too_fast(left: date, crossed: date, mode: str, km_tenths: int) -> Oddity | None:
    """Tell of a way inside China that ends at the border sooner than it can be gone."""
    most, days = MOST_KMH[mode], (crossed - left).days
    if not _cannot_be(km_tenths, days, most):
        return None
    kmh_tenths = km_tenths // (24 * (days + 1))
    args = (left.isoformat(), crossed.isoformat(), km(km_tenths), km(kmh_tenths), str(most))
    return Oddity("too_fast", args)


def freight_far(fen: int, currency: str, others: Sequence[int]) -> Oddity | None:
    """Tell of a freight far from the median of others, all in hundredths of one currency."""
    if len(others) < LEAST_OTHERS:
        return None
    middle = median_low(others)
    if middle <= 0 or middle <= fen * TIMES <= middle * TIMES**2:
        return None
    code = "freight_high" if fen > middle else "freight_low"
    whole = f"{middle // 100:,}.{middle % 100:02}"
    return Oddity(code, (str(fen * 100 // middle), str(len(others)), whole, currency))


def twice(kind: str, number: str, left: date, others: Sequence[date]) -> Oddity | None:
    """Tell of a number that other shipments bear too; `kind` is seal, carnet or batch.

    `left` is the day this one left, `others` the days the others did.
    """
    if not others:
        return None
    nearest = min(others, key=lambda day: (abs(day - left), day))
    return Oddity(f"{kind}_twice", (number, str(len(others)), nearest.isoformat()))


def trailer_again(trailer: str, tractors: Mapping[date, Collection[str]]) -> Oddity | None:
    """Tell of a trailer that crossed twice behind different tractors; days -> tractors."""
    days = sorted(tractors)
    if len({one for plates in tractors.values() for one in plates}) <= 1:
        return None
    return Oddity("trailer_again", (trailer, days[0].isoformat(), days[-1].isoformat()))


def bare_crossings(tractor: str, loaded: Sequence[tuple[date, bool]]) -> Oddity | None:
    """Tell of a tractor that crossed more often than it pulled a loaded trailer, which it did once.

    `loaded` has each crossing of one direction: its day, and whether a loaded trailer came along.
    """
    with_trailer = sum(one for _, one in loaded)
    if not 0 < with_trailer < len(loaded):
        return None
    days = [day.isoformat() for day, _ in loaded]
    figures = (str(len(loaded)), str(with_trailer))
    return Oddity("bare_crossings", (tractor, min(days), max(days), *figures))


def empty_train(train: str, left: date, boxes: int, empty: int) -> Oddity | None:
    """Tell of a train with more empty boxes than it may have, among those that are known."""
    if empty * 100 <= boxes * MOST_EMPTY:
        return None
    share = str(empty * 100 // boxes)
    figures = (str(boxes), str(empty), share, str(MOST_EMPTY))
    return Oddity("empty_train", (train, left.isoformat(), *figures))


def _cannot_be(km_tenths: int, days: int, most_kmh: int) -> bool:
    """Whether the distance is too far from a first day's first hour to a last day's last one."""
    return days >= 0 and km_tenths > (days + 1) * 24 * most_kmh * 10
