"""Who may do what, and see what: roles, the policy, what each person's rights reach."""
