-- What PostgreSQL keeps of publications and objections. Statements stand apart by an empty line.

CREATE TRIGGER calendar_day_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_day
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE calendar_day ENABLE ALWAYS TRIGGER calendar_day_only_added_to

CREATE TRIGGER publish_setting_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON publish_setting
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE publish_setting ENABLE ALWAYS TRIGGER publish_setting_only_added_to

CREATE TRIGGER publication_line_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON publication_line
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE publication_line ENABLE ALWAYS TRIGGER publication_line_only_added_to

CREATE FUNCTION tracker_publication_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'withdrawn'
      OR (NEW.id, NEW.code, NEW.league_id, NEW.programme_id, NEW.period_from, NEW.period_to,
        NEW.working_days, NEW.published_on, NEW.ends_on, NEW.place, NEW.contact, NEW.head_seq,
        NEW.head_hash)
      IS DISTINCT FROM (OLD.id, OLD.code, OLD.league_id, OLD.programme_id, OLD.period_from, OLD.period_to,
        OLD.working_days, OLD.published_on, OLD.ends_on, OLD.place, OLD.contact, OLD.head_seq,
        OLD.head_hash) THEN
    RAISE EXCEPTION 'publication: what is published stays, and what was withdrawn stays withdrawn'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER publication_stays BEFORE UPDATE ON publication
  FOR EACH ROW EXECUTE FUNCTION tracker_publication_stays()

CREATE TRIGGER publication_no_delete BEFORE DELETE OR TRUNCATE ON publication
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE publication ENABLE ALWAYS TRIGGER publication_stays

ALTER TABLE publication ENABLE ALWAYS TRIGGER publication_no_delete

CREATE FUNCTION tracker_objection_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('sustained', 'dismissed')
      OR (NEW.id, NEW.code, NEW.league_id, NEW.line_id, NEW.objector, NEW.contact,
        NEW.received_on, NEW.words, NEW.user_id, NEW.recorded_at)
      IS DISTINCT FROM (OLD.id, OLD.code, OLD.league_id, OLD.line_id, OLD.objector, OLD.contact,
        OLD.received_on, OLD.words, OLD.user_id, OLD.recorded_at) THEN
    RAISE EXCEPTION 'objection: what was said stays, and what was decided stays decided'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER objection_stays BEFORE UPDATE ON objection
  FOR EACH ROW EXECUTE FUNCTION tracker_objection_stays()

CREATE TRIGGER objection_no_delete BEFORE DELETE OR TRUNCATE ON objection
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE objection ENABLE ALWAYS TRIGGER objection_stays

ALTER TABLE objection ENABLE ALWAYS TRIGGER objection_no_delete

CREATE TRIGGER letter_template_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_template
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE letter_template ENABLE ALWAYS TRIGGER letter_template_only_added_to
