"""Everything that turns sources into what a phone loads."""
