"""The agreement between phones and office: pure Python, no clock, disk, network or dice of its own."""
