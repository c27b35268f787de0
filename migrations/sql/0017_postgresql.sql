-- What PostgreSQL keeps of matters. Statements stand apart by an empty line.

CREATE FUNCTION tracker_matter_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.code, NEW.firm_id, NEW.league_id, NEW.programme_id, NEW.year, NEW.first_day,
      NEW.last_day) IS DISTINCT FROM (OLD.id, OLD.code, OLD.firm_id, OLD.league_id,
      OLD.programme_id, OLD.year, OLD.first_day, OLD.last_day)
      OR OLD.state = 'withdrawn'
      OR (OLD.accepted_seq IS NOT NULL AND NEW.accepted_seq IS DISTINCT FROM OLD.accepted_seq) THEN
    RAISE EXCEPTION 'matter: whose it is stays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER matter_stays BEFORE UPDATE ON matter
  FOR EACH ROW EXECUTE FUNCTION tracker_matter_stays()

CREATE TRIGGER matter_no_delete BEFORE DELETE OR TRUNCATE ON matter
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER matter_version_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON matter_version
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE matter ENABLE ALWAYS TRIGGER matter_stays

ALTER TABLE matter ENABLE ALWAYS TRIGGER matter_no_delete

ALTER TABLE matter_version ENABLE ALWAYS TRIGGER matter_version_only_added_to
