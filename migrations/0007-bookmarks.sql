-- Where the next read of changes of a source begins. Instants as in 0001. Rewrites no row.

-- In the source's own terms; empty: only a full read goes on from here.
ALTER TABLE source ADD COLUMN bookmark TEXT NOT NULL DEFAULT '';
-- When the last full read began that came to its end.
ALTER TABLE source ADD COLUMN last_full_at INTEGER;
