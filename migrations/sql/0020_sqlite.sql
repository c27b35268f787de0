-- What SQLite keeps of pins. Statements stand apart by an empty line.

CREATE TRIGGER pin_no_update BEFORE UPDATE ON pin BEGIN
  SELECT RAISE(ABORT, 'pin: only added to');
END

CREATE TRIGGER pin_no_delete BEFORE DELETE ON pin BEGIN
  SELECT RAISE(ABORT, 'pin: only added to');
END

CREATE TRIGGER pin_no_replace BEFORE INSERT ON pin BEGIN
  SELECT RAISE(ABORT, 'pin: already there') WHERE EXISTS (SELECT 1 FROM pin WHERE id = NEW.id);
END
