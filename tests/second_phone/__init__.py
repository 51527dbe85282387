"""A phone by a stranger: written from docs/protocol.md alone, it imports nothing of the product."""
