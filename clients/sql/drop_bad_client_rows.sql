-- Takes bad rows out of the way: --skip-bad. Reads intake_bad; writes client_row.
DELETE FROM client_row
WHERE row IN (SELECT row FROM intake_bad)
