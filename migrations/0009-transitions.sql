-- The triggers that keep a step with its time and reason, as in 0001, but without the temporary table
-- that SQLite builds for each row of an INSERT … SELECT from the table that is written to. Rewrites
-- no row.

DROP TRIGGER message_step_taken;
CREATE TRIGGER message_step_taken AFTER UPDATE OF state ON message WHEN new.state <> old.state
BEGIN
    SELECT RAISE(ABORT, 'a message cannot take this step')
     WHERE NOT EXISTS (SELECT 1 FROM message_step WHERE before = old.state AND after = new.state);
    INSERT INTO message_transition (message_id, seq, state, at, reason) VALUES
        (new.id,
         1 + coalesce((SELECT max(seq) FROM message_transition WHERE message_id = new.id), 0),
         new.state, new.state_at, new.state_reason);
END;

DROP TRIGGER notice_step_taken;
CREATE TRIGGER notice_step_taken AFTER UPDATE OF state ON notice WHEN new.state <> old.state
BEGIN
    SELECT RAISE(ABORT, 'a notice cannot take this step')
     WHERE NOT EXISTS (SELECT 1 FROM notice_step WHERE before = old.state AND after = new.state);
    INSERT INTO notice_transition (notice_id, seq, state, at, reason) VALUES
        (new.id,
         1 + coalesce((SELECT max(seq) FROM notice_transition WHERE notice_id = new.id), 0),
         new.state, new.state_at, new.state_reason);
END;
