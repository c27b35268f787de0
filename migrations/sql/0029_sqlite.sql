-- What SQLite keeps of levels of approval and of holds. Statements stand apart by an empty line.

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

CREATE TRIGGER hold_stays BEFORE UPDATE ON hold BEGIN
  SELECT RAISE(ABORT, 'hold: what was held stays; it is lifted once') WHERE NOT (
    NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.league_id = OLD.league_id
    AND NEW.filing_id IS OLD.filing_id AND NEW.category = OLD.category AND NEW.value = OLD.value
    AND NEW.reason_code = OLD.reason_code AND NEW.reason = OLD.reason
    AND NEW.user_id = OLD.user_id AND NEW.placed_at = OLD.placed_at
    AND NEW.placed_seq = OLD.placed_seq AND OLD.lifted_at IS NULL);
END

CREATE TRIGGER hold_no_delete BEFORE DELETE ON hold BEGIN
  SELECT RAISE(ABORT, 'hold: only added to');
END

CREATE TRIGGER hold_no_replace BEFORE INSERT ON hold BEGIN
  SELECT RAISE(ABORT, 'hold: already there') WHERE EXISTS (
    SELECT 1 FROM hold WHERE id = NEW.id OR code = NEW.code);
END

CREATE TRIGGER held_line_no_update BEFORE UPDATE ON held_line BEGIN
  SELECT RAISE(ABORT, 'held_line: only added to');
END

CREATE TRIGGER held_line_no_delete BEFORE DELETE ON held_line BEGIN
  SELECT RAISE(ABORT, 'held_line: only added to');
END

CREATE TRIGGER held_line_no_replace BEFORE INSERT ON held_line BEGIN
  SELECT RAISE(ABORT, 'held_line: already there') WHERE EXISTS (
    SELECT 1 FROM held_line WHERE id = NEW.id
    OR (hold_id = NEW.hold_id AND item_id = NEW.item_id));
END
