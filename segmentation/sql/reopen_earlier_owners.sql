-- Grain: the interval that held on as_of is open again. Writes: clients_ownership (a trial that is rolled back).
-- Parameters: as_of.
UPDATE clients_ownership SET ends_on = NULL WHERE ends_on > %(as_of)s
