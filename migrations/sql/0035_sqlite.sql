-- What SQLite keeps of takers. Statements stand apart by an empty line.

CREATE TRIGGER taker_no_update BEFORE UPDATE ON taker BEGIN
  SELECT RAISE(ABORT, 'taker: only added to');
END

CREATE TRIGGER taker_no_delete BEFORE DELETE ON taker BEGIN
  SELECT RAISE(ABORT, 'taker: only added to');
END

CREATE TRIGGER taker_no_replace BEFORE INSERT ON taker BEGIN
  SELECT RAISE(ABORT, 'taker: already there') WHERE EXISTS (
    SELECT 1 FROM taker WHERE id = NEW.id);
END
