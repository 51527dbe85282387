"""The way back from a disaster: encrypted backups, restores, and the witness of how far the database had come."""
