"""The phone, and what both sides show. Python here only builds."""
