-- What stops a notice: guards and approvals, silences and suppressions.
-- Instants and names as in 0001. Rewrites no row: the new columns have defaults.

-- The guard that holds or postpones it, or did so last (`blast_radius`, `silence/12`), and those
-- that an operator let it pass, with spaces between.
ALTER TABLE notice ADD COLUMN guard TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN approved TEXT NOT NULL DEFAULT '';
CREATE INDEX notice_guard ON notice (guard) WHERE guard <> '' AND state IN ('planned', 'held');
CREATE INDEX message_created ON message (created_at);

-- An operator's order to say nothing. `matchers`: conditions as written, one a line.
CREATE TABLE silence (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    matchers TEXT NOT NULL CHECK (matchers <> ''),
    author TEXT NOT NULL CHECK (author <> ''),
    reason TEXT NOT NULL CHECK (reason <> ''),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at >= starts_at),
    end_told INTEGER NOT NULL DEFAULT 0 CHECK (end_told IN (0, 1))
) STRICT;
CREATE INDEX silence_end ON silence (ends_at);
CREATE INDEX silence_untold ON silence (ends_at) WHERE end_told = 0;

-- `address` in lower case, or `@domain`.
CREATE TABLE suppression (
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'webhook', 'chat')),
    address TEXT NOT NULL CHECK (address <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('all', 'optional')),
    reason TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source <> ''),
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (channel, address)
) STRICT, WITHOUT ROWID;
