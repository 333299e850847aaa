-- Writes: empties segmentation_pendingclient once its clients are judged.
DELETE FROM segmentation_pendingclient
