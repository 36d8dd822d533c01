-- What a step of a message writes, and no more. Rewrites the rows of superseded
-- messages, and builds an index anew: about a second for a million messages.

-- Marked ahead of its turn, a message needs no claim.
INSERT INTO message_step (before, after) VALUES ('ready', 'on_wire');

-- One message of each id but for those that were superseded, as in 0001. There the state itself was the
-- condition of the index, and each step wrote the index anew.
DROP INDEX message_stable_id;
ALTER TABLE message ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
UPDATE message SET superseded = 1 WHERE state = 'superseded';
CREATE UNIQUE INDEX message_stable_id ON message (stable_id) WHERE superseded = 0;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'superseded INTEGER NOT NULL DEFAULT 0',
    'superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded = (state = ''superseded''))')
 WHERE type = 'table' AND name = 'message';
PRAGMA writable_schema = RESET;

-- The triggers of 0009, but that a step which cannot be taken ends the transaction. For one that
-- undoes its statement alone, SQLite keeps a copy of each page that the statement writes.
DROP TRIGGER message_step_taken;
CREATE TRIGGER message_step_taken AFTER UPDATE OF state ON message WHEN new.state <> old.state
BEGIN
    SELECT RAISE(ROLLBACK, 'a message cannot take this step')
     WHERE NOT EXISTS (SELECT 1 FROM message_step WHERE before = old.state AND after = new.state);
    INSERT INTO message_transition (message_id, seq, state, at, reason) VALUES
        (new.id,
         1 + coalesce((SELECT max(seq) FROM message_transition WHERE message_id = new.id), 0),
         new.state, new.state_at, new.state_reason);
END;

DROP TRIGGER notice_step_taken;
CREATE TRIGGER notice_step_taken AFTER UPDATE OF state ON notice WHEN new.state <> old.state
BEGIN
    SELECT RAISE(ROLLBACK, 'a notice cannot take this step')
     WHERE NOT EXISTS (SELECT 1 FROM notice_step WHERE before = old.state AND after = new.state);
    INSERT INTO notice_transition (notice_id, seq, state, at, reason) VALUES
        (new.id,
         1 + coalesce((SELECT max(seq) FROM notice_transition WHERE notice_id = new.id), 0),
         new.state, new.state_at, new.state_reason);
END;
