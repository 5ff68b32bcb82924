"""Reception of the monthly deliveries, as the contract of data says."""
