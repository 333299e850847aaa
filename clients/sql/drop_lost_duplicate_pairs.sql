-- Grain: one open pair of a client compared tonight that is no pair any more, or of a client that is no more; its
-- reasons go along. Reads: duplicate_client, duplicate_pair. Writes: clients_duplicatepair, clients_duplicatereason.
WITH lost AS (
    DELETE FROM clients_duplicatepair known
    WHERE (
            known.state = 'open'
            AND (known.one_id IN (SELECT client_id FROM duplicate_client)
                 OR known.other_id IN (SELECT client_id FROM duplicate_client))
            AND NOT EXISTS (
                SELECT FROM duplicate_pair found
                WHERE found.one_id = known.one_id AND found.other_id = known.other_id
            )
        )
       OR NOT EXISTS (SELECT FROM clients_client client WHERE client.id = known.one_id)
       OR NOT EXISTS (SELECT FROM clients_client client WHERE client.id = known.other_id)
    RETURNING known.id
)
DELETE FROM clients_duplicatereason reason
USING lost
WHERE reason.pair_id = lost.id
