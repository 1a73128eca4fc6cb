"""Policies as pages to print and to show: the access matrix, and the pieces that other pages of policies share."""
