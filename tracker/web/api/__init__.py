"""API 数据接口: the same nouns as the pages, in JSON, for firms' own systems; one file a noun.

Money is a whole number of fen with the same in yuan as text beside it; what may be done next is
listed in the answer; errors are problems with code, message and remedy.
"""
