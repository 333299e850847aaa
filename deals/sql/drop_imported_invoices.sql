-- Grain: one invoice an import brought. Writes deals_invoice. Parameters: intake.
DELETE FROM deals_invoice WHERE intake_id = %(intake)s
