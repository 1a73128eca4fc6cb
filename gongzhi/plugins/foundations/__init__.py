"""社区基金会: community foundations and named funds, their donations, grants and public statements.

For the organizations that run funds, who receive gifts, sign grants and pay them in instalments; for donors, who get a
numbered receipt; for the public, who sees where the money came from and went.
"""
