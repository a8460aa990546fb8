"""Alembic migrations, run by `hotline serve` and `hotline db upgrade`."""
