-- What SQLite keeps of requirements. Statements stand apart by an empty line.

CREATE TRIGGER requirement_no_update BEFORE UPDATE ON requirement BEGIN
  SELECT RAISE(ABORT, 'requirement: only added to');
END

CREATE TRIGGER requirement_no_delete BEFORE DELETE ON requirement BEGIN
  SELECT RAISE(ABORT, 'requirement: only added to');
END

CREATE TRIGGER requirement_no_replace BEFORE INSERT ON requirement BEGIN
  SELECT RAISE(ABORT, 'requirement: already there') WHERE EXISTS (
    SELECT 1 FROM requirement WHERE id = NEW.id);
END
