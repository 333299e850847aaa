-- Grain: ownership intervals begun after as_of, except a client's first. Writes: clients_ownership (a trial that is
-- rolled back). Parameters: as_of.
DELETE FROM clients_ownership later
USING clients_client client
WHERE client.id = later.client_id AND later.starts_on > %(as_of)s AND later.starts_on > client.owned_from
