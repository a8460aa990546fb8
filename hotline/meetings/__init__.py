"""The joint meeting: settles whose job a ticket is, once, for every like ticket after it."""
