"""What is wrong with an installation, what that means, and what to do: the checks of `gongzhi doctor`.

`place` looks at what is beside the database (settings, keys, policy, plugins, backups), `store` at the database itself,
`records` at what is in it. A check is a function that answers findings; one that cannot be done is a finding, too.
"""
