"""JSON of transcription services -> drafts: a module a vendor, each with what recognises its form and what reads it."""
