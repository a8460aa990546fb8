"""The table of people."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from hotline.database import UTCDateTime, now


class User(SQLModel, table=True):
    """A person with one role. The password is kept as an argon2 hash only."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=64)
    role: str = Field(max_length=16)
    password_hash: str = Field(max_length=200)
    active: bool = True
    # Raised by a new password or a change of role, so that sessions opened before it end.
    generation: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)

    # What Flask-Login asks of a person.
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    @property
    def is_active(self) -> bool:
        """Flask-Login's name for `active`."""
        return self.active

    def get_id(self) -> str:
        """What the session cookie names: the person and the generation of the password."""
        return f"{self.id}:{self.generation}"
