"""Books 账簿: what must stand in one transaction: chain, audit, ledger and queue."""
