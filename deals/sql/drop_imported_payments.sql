-- Grain: one payment an import brought. Writes deals_payment. Parameters: intake.
DELETE FROM deals_payment WHERE intake_id = %(intake)s
