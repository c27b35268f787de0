"""Alembic's own entry 迁移: runs the numbered versions on the connection ``tracker.schema`` gives.

``alembic`` on the command line works too: it takes the address from the settings.
"""

import os

from alembic import context
from sqlalchemy import Connection

import tracker.models  # the tables, for autogenerate and the comparison
from tracker.db import Base, connect
from tracker.settings import Settings

assert tracker.models.__all__


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is None:
    engine = connect(Settings.from_environment(os.environ)).engine
    with engine.execution_options(tracker_writes=True).connect() as own:
        _run(own)
else:
    _run(given)
