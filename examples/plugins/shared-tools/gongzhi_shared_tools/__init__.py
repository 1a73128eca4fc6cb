"""共享工具: organizations share tools, residents borrow them."""
