"""What intake must know of orders: fields, ready mappings, the merge and its undo."""
