"""Webhooks: whom they tell, where they may be sent, and that nothing is lost."""
