-- What SQLite keeps of receipts. Statements stand apart by an empty line.

CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt BEGIN
  SELECT RAISE(ABORT, 'receipt: only added to');
END

CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN
  SELECT RAISE(ABORT, 'receipt: only added to');
END

CREATE TRIGGER receipt_no_replace BEFORE INSERT ON receipt BEGIN
  SELECT RAISE(ABORT, 'receipt: already there') WHERE EXISTS (
    SELECT 1 FROM receipt WHERE id = NEW.id OR code = NEW.code);
END
