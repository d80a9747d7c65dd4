"""Many visits in one run: each file read, scored and written as it comes, and no failure stops the rest."""
