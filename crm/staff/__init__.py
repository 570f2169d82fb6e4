"""Staff: signing in, the second factor, accounts."""
