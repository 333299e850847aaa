-- Takes bad rows out of the way. Reads intake_bad; writes money_row.
DELETE FROM money_row m
WHERE m.bad OR m.row IN (SELECT row FROM intake_bad)
