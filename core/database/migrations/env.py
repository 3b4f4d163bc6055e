"""What Alembic runs: our migrations on the connection that it was given."""

from alembic import context

from core.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
    transactional_ddl=True,  # all migrations or none, on SQLite too
)
with context.begin_transaction():
    context.run_migrations()
