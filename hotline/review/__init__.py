"""The dispatcher's desk: the doubtful ones first, the sure ones in one keystroke."""
