-- The same conditions of states and channels, said in single comparisons. For a list of more than two
-- SQLite builds a temporary table for each row that is written, which cost more than the writing.
-- Conditions alone change, so the text of the tables is changed in place, as SQLite describes it for
-- this case (lang_altertable, 'Making Other Kinds Of Table Schema Changes'). Rewrites no row.

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql,
    'channel IN (''email'', ''sms'', ''webhook'', ''chat'')',
    'channel = ''email'' OR channel = ''sms'' OR channel = ''webhook'' OR channel = ''chat''')
 WHERE type = 'table' AND name IN ('message', 'notice');

UPDATE sqlite_schema SET sql = replace(replace(replace(sql,
    'state IN
        (''ready'', ''claimed'', ''on_wire'', ''deferred'', ''sent'', ''refused'', ''unknown'', ''dead'', ''held'',
         ''superseded'', ''bounced'', ''dropped'')',
    'state = ''ready'' OR state = ''claimed'' OR state = ''on_wire'' OR state = ''sent'' OR
        state = ''deferred'' OR state = ''refused'' OR state = ''unknown'' OR state = ''dead'' OR
        state = ''held'' OR state = ''superseded'' OR state = ''bounced'' OR state = ''dropped'''),
    'state NOT IN (''sent'', ''unknown'', ''bounced'')',
    '(state <> ''sent'' AND state <> ''unknown'' AND state <> ''bounced'')'),
    'state IN (''ready'', ''held'', ''superseded'', ''dropped'')',
    'state = ''ready'' OR state = ''held'' OR state = ''superseded'' OR state = ''dropped''')
 WHERE type = 'table' AND name = 'message';

UPDATE sqlite_schema SET sql = replace(replace(sql,
    'state IN
        (''planned'', ''held'', ''bundled'', ''sent'', ''superseded'', ''suppressed'', ''expired'', ''refused'',
         ''unknown'', ''dead'', ''dropped'')',
    'state = ''planned'' OR state = ''held'' OR state = ''bundled'' OR state = ''sent'' OR
        state = ''superseded'' OR state = ''suppressed'' OR state = ''expired'' OR
        state = ''refused'' OR state = ''unknown'' OR state = ''dead'' OR state = ''dropped'''),
    'message_id IS NOT NULL OR
           state NOT IN (''bundled'', ''sent'', ''refused'', ''unknown'', ''dead'')',
    'message_id IS NOT NULL OR (state <> ''bundled'' AND state <> ''sent'' AND
           state <> ''refused'' AND state <> ''unknown'' AND state <> ''dead'')')
 WHERE type = 'table' AND name = 'notice';

PRAGMA writable_schema = RESET;
