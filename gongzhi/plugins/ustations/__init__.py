"""U站: volunteer stations with their shifts, and the Love Bank (爱心银行), which turns served time into points.

For volunteers, who sign up, serve and redeem; for the organizations that run stations; for the public, who sees where
stations are and where help is wanted.
"""
