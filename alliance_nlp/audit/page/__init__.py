"""The supervisor's local page: she reads a visit, rates it blind, then sees the tool's view and corrects it.

`serve` runs it on 127.0.0.1, `gate` lets in who has the address printed in the terminal, `app` joins the routes:
`views` shows, `saving` writes. `shown` turns stored visits into what the templates print, `timeline` draws.
"""
