-- What sources know of items beside the lines, what offers hold, and senders that a team names.
-- Instants, dates, decimals and names as in 0001. Rewrites no row: the new columns have defaults.

-- The case waits for a substitute to be offered.
ALTER TABLE case_file ADD COLUMN wants_offer INTEGER NOT NULL DEFAULT 0
    CHECK (wants_offer IN (0, 1));
CREATE INDEX case_file_wants_offer ON case_file (source_id, id) WHERE wants_offer = 1;

-- The sender that reaches the recipient, by its name in the settings; empty: that of the channel.
ALTER TABLE notice ADD COLUMN sender TEXT NOT NULL DEFAULT '';

-- The catalogue as last read. `attributes`: a flat JSON object of texts.
CREATE TABLE item (
    source_id INTEGER NOT NULL REFERENCES source (id),
    item TEXT NOT NULL CHECK (item <> ''),
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    attributes TEXT NOT NULL,
    price TEXT NOT NULL,
    currency TEXT NOT NULL,
    lead_time_days INTEGER CHECK (lead_time_days BETWEEN 0 AND 3650),
    PRIMARY KEY (source_id, item)
) STRICT, WITHOUT ROWID;

-- `substitute` may be offered where `item` is wanted.
CREATE TABLE alternate (
    source_id INTEGER NOT NULL REFERENCES source (id),
    item TEXT NOT NULL CHECK (item <> ''),
    substitute TEXT NOT NULL CHECK (substitute <> ''),
    PRIMARY KEY (source_id, item, substitute)
) STRICT, WITHOUT ROWID;

-- What is coming of an item, for whichever line. `seq` counts the supplies of an item.
CREATE TABLE item_supply (
    source_id INTEGER NOT NULL REFERENCES source (id),
    item TEXT NOT NULL CHECK (item <> ''),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    reference TEXT NOT NULL,
    expected TEXT,
    quantity TEXT,
    PRIMARY KEY (source_id, item, seq)
) STRICT, WITHOUT ROWID;

-- Units that an offer of a case keeps from other offers, until a moment.
CREATE TABLE stock_hold (
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    item TEXT NOT NULL CHECK (item <> ''),
    warehouse TEXT NOT NULL,
    source_id INTEGER NOT NULL REFERENCES source (id),
    quantity TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (case_id, item, warehouse)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_hold_source ON stock_hold (source_id, until);
