-- The tables of backorderd. Instants are seconds since 1970 in UTC; civil dates and decimals are
-- text; names of states, topics, channels and events are those of include/backorderd/. The file is
-- frozen as soon as it is released: a change is a new migration (see README.md).

-- Small facts that survive a restart.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- An ERP that is read.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    baseline_done INTEGER NOT NULL DEFAULT 0 CHECK (baseline_done IN (0, 1)),
    last_good_at INTEGER,
    last_poll_at INTEGER,
    last_result TEXT NOT NULL DEFAULT ''
) STRICT;

-- Free stock as last read.
CREATE TABLE stock (
    source_id INTEGER NOT NULL REFERENCES source (id),
    item TEXT NOT NULL,
    warehouse TEXT NOT NULL,
    free TEXT NOT NULL,
    PRIMARY KEY (source_id, item, warehouse)
) STRICT, WITHOUT ROWID;

-- What is resident while the daemon runs, and no more: a million rows are read at every start.
CREATE TABLE line (
    source_id INTEGER NOT NULL,
    line_id TEXT NOT NULL CHECK (line_id <> ''),
    fingerprint INTEGER NOT NULL,
    case_id INTEGER NOT NULL CHECK (case_id > 0),              -- the line's current case
    open INTEGER NOT NULL CHECK (open IN (0, 1)),              -- that case is open
    missing INTEGER NOT NULL CHECK (missing IN (0, 1)),        -- not in the last proven snapshot
    PRIMARY KEY (source_id, line_id)
) STRICT, WITHOUT ROWID;

-- A line's life from opened to closed. Narrow, because most changes concern the times only; the
-- line itself is in case_line. Customers come in no order, and an index over them would dirty most
-- of its pages in every slice of a first load: the cases of one customer are found by a scan.
-- A row is never deleted, because its number lives on in the ids of messages.
CREATE TABLE case_file (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    adopted INTEGER NOT NULL CHECK (adopted IN (0, 1)),
    closed_at INTEGER,
    missing_since INTEGER,
    look_again INTEGER,
    earlier_case_id INTEGER CHECK (earlier_case_id < id),      -- of the same line, closed before
    customer_id TEXT NOT NULL,
    order_number TEXT NOT NULL,
    item_id TEXT NOT NULL,
    position TEXT NOT NULL
) STRICT;
CREATE INDEX case_file_due ON case_file (look_again) WHERE look_again IS NOT NULL;
CREATE INDEX case_file_order ON case_file (order_number);
CREATE INDEX case_file_earlier ON case_file (earlier_case_id) WHERE earlier_case_id IS NOT NULL;

-- The line as last read: a flat JSON object by the names of docs/fields.md.
CREATE TABLE case_line (
    case_id INTEGER PRIMARY KEY REFERENCES case_file (id),
    line TEXT NOT NULL
) STRICT;

-- The log of a case; only ever added to.
CREATE TABLE case_event (
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at INTEGER NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    members TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID;

-- All open cases are to be looked at again, because the rules changed: those with an id above
-- `done_to` and up to `last_case` still have to be. At most one row.
CREATE TABLE look_again_walk (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at INTEGER NOT NULL,
    done_to INTEGER NOT NULL,
    last_case INTEGER NOT NULL,
    CHECK (done_to <= last_case)
) STRICT;

-- One mail, SMS or webhook call. `heard_at`: since when the recipient may have it.
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stable_id TEXT NOT NULL CHECK (stable_id <> ''),
    sender TEXT NOT NULL CHECK (sender <> ''),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'webhook', 'chat')),
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    timezone TEXT NOT NULL,
    subject TEXT NOT NULL,
    envelope_from TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('ready', 'claimed', 'on_wire', 'deferred', 'sent', 'refused', 'unknown', 'dead', 'held',
         'superseded', 'bounced', 'dropped')),
    state_reason TEXT NOT NULL,
    state_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    unknown_outcomes INTEGER NOT NULL DEFAULT 0 CHECK (unknown_outcomes >= 0),
    next_attempt_at INTEGER,
    heard_at INTEGER,
    last_reply TEXT NOT NULL,
    CHECK ((state = 'deferred') = (next_attempt_at IS NOT NULL)),
    CHECK (heard_at IS NOT NULL OR state NOT IN ('sent', 'unknown', 'bounced')),
    CHECK (heard_at IS NOT NULL OR unknown_outcomes = 0),
    CHECK (attempts >= 1 OR state IN ('ready', 'held', 'superseded', 'dropped'))
) STRICT;
-- The notices of a superseded message may be sent again, under the same id.
CREATE UNIQUE INDEX message_stable_id ON message (stable_id) WHERE state <> 'superseded';
CREATE INDEX message_queue ON message (state, sender);
CREATE INDEX message_heard ON message (address, heard_at) WHERE heard_at IS NOT NULL;

-- The frozen bytes, apart from the row that changes its state.
CREATE TABLE message_document (
    message_id INTEGER PRIMARY KEY REFERENCES message (id),
    document BLOB NOT NULL
) STRICT;

-- One thing that one person must be told because of one rule.
CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    key TEXT NOT NULL CHECK (key <> ''),
    topic TEXT NOT NULL,
    rule TEXT NOT NULL,
    template TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'webhook', 'chat')),
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    timezone TEXT NOT NULL,
    digest_key TEXT NOT NULL,
    fact_at INTEGER NOT NULL,
    ready_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER,
    reason TEXT NOT NULL,
    told_from TEXT,
    told_to TEXT,
    told_open TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('planned', 'held', 'bundled', 'sent', 'superseded', 'suppressed', 'expired', 'refused',
         'unknown', 'dead', 'dropped')),
    state_reason TEXT NOT NULL,
    state_at INTEGER NOT NULL,
    message_id INTEGER REFERENCES message (id),
    UNIQUE (case_id, key),
    CHECK ((told_from IS NULL) = (told_to IS NULL)),
    CHECK (message_id IS NULL OR state NOT IN ('planned', 'held')),
    CHECK (message_id IS NOT NULL OR
           state NOT IN ('bundled', 'sent', 'refused', 'unknown', 'dead'))
) STRICT;
CREATE INDEX notice_due ON notice (state, due_at);
CREATE INDEX notice_digest ON notice (digest_key) WHERE state = 'planned' AND digest_key <> '';
CREATE INDEX notice_message ON notice (message_id) WHERE message_id IS NOT NULL;

-- The steps that a state may take, drawn in docs/outbox.md. Every other step is refused, and every
-- step taken is kept with its time and reason.
CREATE TABLE message_step (
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (before, after)
) STRICT, WITHOUT ROWID;
INSERT INTO message_step (before, after) VALUES
    ('ready', 'claimed'), ('ready', 'held'), ('ready', 'superseded'), ('ready', 'dropped'),
    ('ready', 'dead'),
    ('claimed', 'on_wire'), ('claimed', 'ready'), ('claimed', 'sent'), ('claimed', 'deferred'),
    ('claimed', 'refused'), ('claimed', 'unknown'), ('claimed', 'dead'),
    ('on_wire', 'ready'), ('on_wire', 'sent'), ('on_wire', 'deferred'), ('on_wire', 'refused'),
    ('on_wire', 'unknown'), ('on_wire', 'dead'),
    ('deferred', 'ready'), ('deferred', 'held'), ('deferred', 'superseded'),
    ('deferred', 'dropped'), ('deferred', 'dead'),
    ('held', 'ready'), ('held', 'superseded'), ('held', 'dropped'),
    ('refused', 'ready'), ('refused', 'dropped'),
    ('unknown', 'ready'), ('unknown', 'sent'), ('unknown', 'bounced'), ('unknown', 'dropped'),
    ('dead', 'ready'), ('dead', 'dropped'),
    ('sent', 'bounced');
CREATE TABLE message_transition (
    message_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (message_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER message_step_taken AFTER UPDATE OF state ON message WHEN new.state <> old.state
BEGIN
    SELECT RAISE(ABORT, 'a message cannot take this step')
     WHERE NOT EXISTS (SELECT 1 FROM message_step WHERE before = old.state AND after = new.state);
    INSERT INTO message_transition (message_id, seq, state, at, reason)
    SELECT new.id, 1 + coalesce(max(seq), 0), new.state, new.state_at, new.state_reason
      FROM message_transition WHERE message_id = new.id;
END;

CREATE TABLE notice_step (
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (before, after)
) STRICT, WITHOUT ROWID;
INSERT INTO notice_step (before, after) VALUES
    ('planned', 'held'), ('planned', 'bundled'), ('planned', 'superseded'),
    ('planned', 'suppressed'), ('planned', 'expired'), ('planned', 'dropped'),
    ('held', 'planned'), ('held', 'superseded'), ('held', 'suppressed'), ('held', 'expired'),
    ('held', 'dropped'),
    ('bundled', 'planned'), ('bundled', 'held'), ('bundled', 'sent'), ('bundled', 'superseded'),
    ('bundled', 'suppressed'), ('bundled', 'expired'), ('bundled', 'refused'),
    ('bundled', 'unknown'), ('bundled', 'dead'), ('bundled', 'dropped'),
    ('refused', 'bundled'), ('refused', 'dropped'),
    ('unknown', 'bundled'), ('unknown', 'sent'), ('unknown', 'dropped'),
    ('dead', 'bundled'), ('dead', 'dropped');
CREATE TABLE notice_transition (
    notice_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (notice_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER notice_step_taken AFTER UPDATE OF state ON notice WHEN new.state <> old.state
BEGIN
    SELECT RAISE(ABORT, 'a notice cannot take this step')
     WHERE NOT EXISTS (SELECT 1 FROM notice_step WHERE before = old.state AND after = new.state);
    INSERT INTO notice_transition (notice_id, seq, state, at, reason)
    SELECT new.id, 1 + coalesce(max(seq), 0), new.state, new.state_at, new.state_reason
      FROM notice_transition WHERE notice_id = new.id;
END;

-- Notes to be written on orders in the ERP.
CREATE TABLE annotation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    order_id TEXT NOT NULL,
    marker TEXT NOT NULL UNIQUE CHECK (marker <> ''),
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'done', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at INTEGER,
    failure TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'due') = (due_at IS NOT NULL)),
    CHECK (state <> 'given_up' OR failure <> '')
) STRICT;
CREATE INDEX annotation_due ON annotation (due_at) WHERE due_at IS NOT NULL;

-- Who did what, and why.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
