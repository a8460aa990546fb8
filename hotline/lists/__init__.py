"""The two lists for people to read: search, units, what a change would move, rulings taken into the lists."""
