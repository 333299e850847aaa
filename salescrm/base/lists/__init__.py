"""Lists, built once for every room: filters in the URL, keyset paging, totals, selection, export."""
