"""Acting on what is measured: proposals, messages, answers, what the next deliveries say."""
