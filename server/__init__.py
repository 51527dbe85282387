"""The office: the async server, everything with I/O, cut by door."""
