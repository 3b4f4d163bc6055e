"""Indexes for what every server asks at start-up and every hour: runs by status, notes by age."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two indexes."""
    op.create_index("runs_by_status", "runs", ["status"])
    op.create_index("notes_by_age", "notes", ["written"])
