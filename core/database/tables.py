"""The tables: runs with their records and weights, and notes. Who changes one adds a migration and moves `REVISION`."""

import sqlalchemy as sa

REVISION = "0002"  # the migration that leads here

metadata = sa.MetaData()
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(128), nullable=False),
    sa.Column("spec", sa.Text, nullable=False),  # RunSpec as JSON
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("created", sa.Float, nullable=False),  # seconds since 1970, like the next
    sa.Column("heartbeat", sa.Float, nullable=False),
    sa.Column("server", sa.String(300), nullable=False),  # the one that may write this run
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("learning_rate", sa.Float, nullable=False),
    sa.Column("test_accuracy", sa.Float),
    sa.Column("records", sa.Integer, nullable=False),  # how many there are
    sa.Column("size", sa.Integer, nullable=False),  # bytes of records and weights
    sa.Index("runs_by_owner", "owner", "created"),
    sa.Index("runs_by_status", "status"),
)
metrics = sa.Table(
    "metrics",
    metadata,
    sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),  # index of the first record
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("records", sa.Text, nullable=False),  # JSON, one list a record in the order of StepRecord's fields
)
weights = sa.Table(
    "weights",
    metadata,
    sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("weights", sa.LargeBinary, nullable=False),  # safetensors
)
notes = sa.Table(
    "notes",
    metadata,
    sa.Column("owner", sa.String(128), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written", sa.Float, nullable=False),  # seconds since 1970
    sa.Index("notes_by_age", "written"),
)
