"""What the pages share: frame, words on screen, errors, security headers."""
