-- A message that the receiver may have, and that must not be sent once more because what it says is
-- no longer true, ends as unknown. Rewrites no row.

INSERT INTO message_step (before, after) VALUES ('ready', 'unknown'), ('deferred', 'unknown');
