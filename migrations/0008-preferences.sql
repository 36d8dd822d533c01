-- How contacts want to be written to, as operators noted it. Instants and names as in 0001.

-- `contact`: a mail address in lower case, or a number of E.164. An empty text: not said.
CREATE TABLE preference (
    contact TEXT PRIMARY KEY CHECK (contact <> ''),
    channel TEXT NOT NULL CHECK (channel IN ('', 'email', 'sms')),
    language TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (digest IN ('', 'immediate', 'daily', 'weekly')),
    author TEXT NOT NULL CHECK (author <> ''),
    reason TEXT NOT NULL CHECK (reason <> ''),
    at INTEGER NOT NULL,
    CHECK (channel <> '' OR language <> '' OR digest <> '')
) STRICT, WITHOUT ROWID;
