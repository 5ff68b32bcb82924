"""Changes that guichets tell of themselves: their address, their telephone, their hours."""
