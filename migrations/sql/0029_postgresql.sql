-- What PostgreSQL keeps of levels of approval and of holds. Statements stand apart by an empty line.

CREATE FUNCTION tracker_level_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state NOT IN ('draft', 'submitted', 'settled', 'ending')
      OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND OLD.state <> 'ending')
      OR (NEW.id, NEW.code, NEW.subject_kind, NEW.step, NEW.programme_id, NEW.from_fen, NEW.role,
        NEW.valid_from, NEW.document_no, NEW.note, NEW.user_id, NEW.is_sample)
      IS DISTINCT FROM (OLD.id, OLD.code, OLD.subject_kind, OLD.step, OLD.programme_id,
        OLD.from_fen, OLD.role, OLD.valid_from, OLD.document_no, OLD.note, OLD.user_id,
        OLD.is_sample) THEN
    RAISE EXCEPTION 'level: what was drafted stays, and what was decided stays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER level_stays BEFORE UPDATE ON level
  FOR EACH ROW EXECUTE FUNCTION tracker_level_stays()

CREATE TRIGGER level_no_delete BEFORE DELETE OR TRUNCATE ON level
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE level ENABLE ALWAYS TRIGGER level_stays

ALTER TABLE level ENABLE ALWAYS TRIGGER level_no_delete

CREATE FUNCTION tracker_hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.lifted_at IS NOT NULL
      OR (NEW.id, NEW.code, NEW.league_id, NEW.filing_id, NEW.category, NEW.value,
        NEW.reason_code, NEW.reason, NEW.user_id, NEW.placed_at, NEW.placed_seq)
      IS DISTINCT FROM (OLD.id, OLD.code, OLD.league_id, OLD.filing_id, OLD.category, OLD.value,
        OLD.reason_code, OLD.reason, OLD.user_id, OLD.placed_at, OLD.placed_seq) THEN
    RAISE EXCEPTION 'hold: what was held stays; it is lifted once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER hold_stays BEFORE UPDATE ON hold
  FOR EACH ROW EXECUTE FUNCTION tracker_hold_stays()

CREATE TRIGGER hold_no_delete BEFORE DELETE OR TRUNCATE ON hold
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE hold ENABLE ALWAYS TRIGGER hold_stays

ALTER TABLE hold ENABLE ALWAYS TRIGGER hold_no_delete

CREATE TRIGGER held_line_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON held_line
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE held_line ENABLE ALWAYS TRIGGER held_line_only_added_to
