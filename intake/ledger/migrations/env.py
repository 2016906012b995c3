"""Alembic's entry: runs the migrations on the connection, and in the transaction, of `migrating.upgrade`."""

from alembic import context

from intake.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can hardly alter a table
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
