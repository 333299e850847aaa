-- Grain: one document with the sum of its lines; every fiftieth is a return.
-- Reads: clients_legalentity, clients_shipmentline. Writes: clients_shipment.
-- Parameters: shipments and clients (numbers), first_id, source_id, until (last day), days (length of the history), seed.
-- The client is drawn by a hash bent by its square, so that few clients buy much.
WITH entity AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM clients_legalentity
),
summed AS (
    SELECT shipment_id, sum(amount) AS total
    FROM clients_shipmentline
    WHERE shipment_id >= %(first_id)s
    GROUP BY shipment_id
),
drawn AS (
    SELECT shipment_id, total, shipment_id - %(first_id)s + 1 AS n,
           floor(power(abs(hashint8extended(shipment_id - %(first_id)s + 1, %(seed)s) %% 1000003) / 1000003.0::float8, 2)
                 * %(clients)s)::bigint AS place,
           %(until)s::date - (%(days)s - 1 - (shipment_id - %(first_id)s) * %(days)s / %(shipments)s)::int AS day
    FROM summed
)
INSERT INTO clients_shipment (id, source_id, external_id, number, period, legal_entity_id, day, total, currency, rate,
                              content)
SELECT shipment_id, %(source_id)s, '', 'D-' || lpad(n::text, 8, '0'), extract(year FROM day),
       entity.id, day, total, '', 1, md5(n::text)::uuid
FROM drawn
JOIN entity USING (place)
