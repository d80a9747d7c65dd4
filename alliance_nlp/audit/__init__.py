"""The supervisor's audit: a sample of visits, rated blind, compared with the tool and with each other, corrected.

`store` opens the database, `tables` says what it holds, `reviews` writes what a reviewer does; `sample` draws the
visits; `weights`, `agreement` and `report` say how far to trust the tool; `export` and `calibrate` use the corrections.
"""
