-- After everybody was judged anew the planner must know the new sizes (measured: classes of 4,000 clients 25 s
-- without).
ANALYZE segmentation_clientstate, segmentation_classification, clients_standing, clients_ownership
