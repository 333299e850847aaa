-- Lets the planner know how many keys and clients there are: after an import or a first search it guesses empty tables.
ANALYZE clients_client, clients_duplicatekey, duplicate_client
