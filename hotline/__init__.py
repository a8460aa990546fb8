"""12345 hotline: from a call to a ticket on the right desk."""

__version__ = "0.1.0"
