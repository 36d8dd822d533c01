-- What concerns persons goes when its time has come. Names as in 0001. Reads every row of case_file
-- once for the index: under a second for a million.

-- Since when the case names nobody any more.
ALTER TABLE case_file ADD COLUMN persons_removed_at INTEGER
    CHECK (persons_removed_at IS NULL OR closed_at IS NOT NULL);
CREATE INDEX case_file_persons ON case_file (closed_at)
    WHERE closed_at IS NOT NULL AND persons_removed_at IS NULL;
CREATE INDEX audit_subject ON audit (subject);
CREATE INDEX annotation_order ON annotation (order_id);
