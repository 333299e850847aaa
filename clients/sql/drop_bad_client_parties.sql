-- Takes clients of the file none of whose rows stayed out of the way. Reads client_row; writes intake_party.
DELETE FROM intake_party p
WHERE NOT EXISTS (SELECT FROM client_row r WHERE r.party = p.party)
