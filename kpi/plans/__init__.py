"""Sales plans: goals of years, versions of the plan by month and person, seasonality, forecast (R220-R232)."""
