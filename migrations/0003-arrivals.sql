-- Stock that arrived and has not been proposed to anybody, and ways to the few cases that offers or
-- ladders concern. Names as in 0001. Reads every row of case_event once for the index: about a
-- second for a million.

-- Struck out by the commit that proposes the item's allocation.
CREATE TABLE arrival (
    source_id INTEGER NOT NULL REFERENCES source (id),
    item TEXT NOT NULL CHECK (item <> ''),
    PRIMARY KEY (source_id, item)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_event_offer ON case_event (case_id) WHERE name = 'offer_made';
CREATE INDEX case_event_escalation ON case_event (case_id) WHERE name = 'escalation_started';
