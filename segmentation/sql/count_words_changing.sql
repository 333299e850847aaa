-- Grain: one row: how many words of people on TOP begin or end in (after, as_of]. Parameters: after, as_of.
SELECT count(*) AS words
FROM segmentation_topoverride
WHERE (starts_on > %(after)s AND starts_on <= %(as_of)s)
   OR (until > %(after)s AND until <= %(as_of)s)
