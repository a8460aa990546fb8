"""From reading, place, rulings and rules to a verdict: the one place where a verdict is made."""
