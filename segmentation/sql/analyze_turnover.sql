-- After a rebuild the planner must know the new sizes, or the next step joins thousands of rows by nested loops.
ANALYZE segmentation_monthlyturnover, segmentation_purchaseday, clients_legalentity, clients_externalcode
