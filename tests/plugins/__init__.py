"""Plugins at work in a running application."""
