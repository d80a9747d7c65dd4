"""A note beside the transcript of its visit: said and documented, left out, written and never said."""
