"""Every demo account against every guarded operation, over the live API."""
