"""Papers 文书: what leaves the program to be signed, stamped and carried: sheets for now.

A paper is bytes made from the books at one head of the chain, the same bytes for the same books.
"""
