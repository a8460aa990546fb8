"""The ticket: its tables, its history, its life cycle. Knows nothing of pages."""
