"""The built-in plugins, one folder each. They import `gongzhi.api` and nothing else of gongzhi, as any plugin does."""
