-- Lets the planner know how many keys and clients there are: after a first search its guess is an empty table.
ANALYZE clients_duplicatekey, duplicate_client
