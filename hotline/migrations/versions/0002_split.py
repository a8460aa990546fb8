"""拆单: where a ticket was split from, and the words of its own request."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Both may be empty, so that SQLite too can add them without copying the table.
    op.add_column("ticket", sa.Column("split_from", sa.String(length=18), nullable=True))
    op.add_column("ticket", sa.Column("part_text", sa.Text(), nullable=True))
    op.create_index("ix_ticket_split_from", "ticket", ["split_from"], unique=False)


def downgrade() -> None:
    """Split tickets stay, each on its own; only the words that join them are lost."""
    op.drop_index("ix_ticket_split_from", table_name="ticket")
    op.drop_column("ticket", "part_text")
    op.drop_column("ticket", "split_from")
