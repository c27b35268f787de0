"""Demo 示例: made-up leagues' methods, firms, people and manifests, run through the whole journey.

Nothing in here is real: no league's method is public, so all of it is marked 示例 wherever it
shows.
"""

from tracker.demo.run import parts

__all__ = ["parts"]
