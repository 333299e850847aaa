"""The sample company: a Russian textile wholesaler in whose order history the case's own figures come out.

`figures` says which figures and how many clients of each kind they need; `buyers` gives those clients their amounts
and documents; `history` turns them into dated documents with lines; `later` goes on at the same pace until the last
day; `people`, `names`, `goods` and `acquaintances` are the believable rest; `store` writes everything; `life` runs the
nights; `deals` opens what the rules ask for; `bulk` is another, larger base for benchmarks, made by SQL. Everything
depends on the seed and the last day.
"""
