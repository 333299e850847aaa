-- Takes the lines of bad rows out of the way: --skip-bad. Reads intake_bad; writes order_line.
DELETE FROM order_line l
WHERE l.bad OR l.row IN (SELECT row FROM intake_bad)
