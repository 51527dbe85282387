"""Who is asking: accounts, sessions, second factors, enrolment, guards, throttles and security headers."""
