"""Who is who: people, roles, logging in, and what must be hidden from whom."""
