"""Order 次序: tests that need no world run first.

A changed function is mostly noticed by a test of small books, within a tenth of a second; a test
that walks a world to the same function pays for the world before it says anything. pytest gets
the tests of a change from mutmut in no order at all.
"""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort them by what they need, each file's tests together and otherwise as they were."""
    items.sort(key=lambda one: ("standing" in fixtures(one), "settings" in fixtures(one), one.path))


def fixtures(item: pytest.Item) -> list[str]:
    """Names of all fixtures a test needs, directly or through others."""
    return list(getattr(item, "fixturenames", ()))
