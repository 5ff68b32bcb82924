"""Questions of the guichets: first-level support, and the articles that come of it."""
