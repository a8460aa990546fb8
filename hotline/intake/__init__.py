"""The operator's desk: a call comes in, a filed ticket goes out."""
