"""The form's fields out of a call: every value with the words that prove it, nothing invented."""

from models.fields.form import read_form

__all__ = ["read_form"]
