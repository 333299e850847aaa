-- Work tables of an earlier search in the same transaction.
DROP TABLE IF EXISTS duplicate_client, duplicate_value, duplicate_match, duplicate_known, duplicate_reason,
                     duplicate_pair
