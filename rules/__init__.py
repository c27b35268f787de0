"""Rules 规则: columns of facts in, money with a reason for every fen out.

Pure: numpy, marshmallow and the standard library. No database, clock, chance, file or network, so
that the same facts, parameters and opening balances give the same tally on any machine, for ever.
"""
