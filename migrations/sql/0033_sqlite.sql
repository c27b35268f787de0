-- What SQLite keeps of self-evaluations. Statements stand apart by an empty line.

CREATE TRIGGER self_evaluation_no_update BEFORE UPDATE ON self_evaluation BEGIN
  SELECT RAISE(ABORT, 'self_evaluation: only added to');
END

CREATE TRIGGER self_evaluation_no_delete BEFORE DELETE ON self_evaluation BEGIN
  SELECT RAISE(ABORT, 'self_evaluation: only added to');
END

CREATE TRIGGER self_evaluation_no_replace BEFORE INSERT ON self_evaluation BEGIN
  SELECT RAISE(ABORT, 'self_evaluation: already there') WHERE EXISTS (
    SELECT 1 FROM self_evaluation WHERE id = NEW.id
      OR filing_id = NEW.filing_id AND version_no = NEW.version_no);
END
