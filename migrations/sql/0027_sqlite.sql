-- What SQLite keeps of levels of approval. Statements stand apart by an empty line.

CREATE TRIGGER level_stays BEFORE UPDATE ON level BEGIN
  SELECT RAISE(ABORT, 'level: what was drafted stays, and what was decided stays') WHERE NOT (
    NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.subject_kind = OLD.subject_kind
    AND NEW.step = OLD.step AND NEW.programme_id IS OLD.programme_id
    AND NEW.from_fen = OLD.from_fen AND NEW.role = OLD.role AND NEW.valid_from = OLD.valid_from
    AND (NEW.valid_to IS OLD.valid_to OR OLD.state = 'ending')
    AND NEW.document_no = OLD.document_no AND NEW.note = OLD.note AND NEW.user_id = OLD.user_id
    AND NEW.is_sample = OLD.is_sample
    AND OLD.state IN ('draft', 'submitted', 'settled', 'ending'));
END

CREATE TRIGGER level_no_delete BEFORE DELETE ON level BEGIN
  SELECT RAISE(ABORT, 'level: only added to');
END

CREATE TRIGGER level_no_replace BEFORE INSERT ON level BEGIN
  SELECT RAISE(ABORT, 'level: already there') WHERE EXISTS (
    SELECT 1 FROM level WHERE id = NEW.id OR code = NEW.code);
END
