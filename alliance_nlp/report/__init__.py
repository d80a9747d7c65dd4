"""Reports on visits: how they are built, written and shown."""
