"""Who did what on which authority: an append-only log, written with the change itself, sealed in a hash chain.

`log` and `decisions` write lines; `encoding` says what a seal covers, and `sealing` seals, in the background.
`verification` checks line by line what `stored` and `export` read; `trail` shows it; `erasure` takes people out of it,
and `retention` removes what is old.
"""
