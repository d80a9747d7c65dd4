"""The audit's page over a real PostgreSQL server, as a team has it."""

from audit_page_cases import *  # noqa: F403
