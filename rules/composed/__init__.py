"""Composed 组合规则: a rule put together from articles, as data; no code is evaluated.

A definition (JSON, or a TOML file in `rules/shapes/`) names its subject, its parameters with units,
and its articles in the document's own order. It runs on the same engine as a rule in code, in both
back ends; reads back as sentences, article by article; and is addressed by the hash of its
canonical JSON, as a rule in code is by that of its source.
"""

from rules.composed.compose import canonical, compose, sentences
from rules.composed.wrong import ComposedError, Wrong

__all__ = ["ComposedError", "Wrong", "canonical", "compose", "sentences"]
