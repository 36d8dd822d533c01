-- What left after the copy of the database was made that is in use now, as the send journal tells:
-- known by keyed hashes alone. Instants and names as in 0001. Rewrites no row.

CREATE TABLE departure (
    hash TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    state TEXT NOT NULL CHECK (state IN ('sent', 'unknown')),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is on its way to a recipient counts against the limit of their messages.
CREATE INDEX message_unsent ON message (address) WHERE heard_at IS NULL;
