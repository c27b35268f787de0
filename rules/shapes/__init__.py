"""Shapes 公式样板: composed rules as data, one file a formula that exists in the world.

Any league takes one with its own numbers; the files are found by the folder, nothing to register.
Each names where its formula was seen, and carries golden cases whose arithmetic is printed there.
"""
