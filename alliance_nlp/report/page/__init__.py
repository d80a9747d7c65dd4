"""One self-contained page of many visits: entries (`entry`), figures (`summary`, `chart`) and the file (`write`)."""
