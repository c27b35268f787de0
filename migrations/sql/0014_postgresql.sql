-- What PostgreSQL keeps of divisions. Statements stand apart by an empty line.

CREATE FUNCTION tracker_division_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'divided'
      OR (NEW.id, NEW.code, NEW.league_id, NEW.programme_id, NEW.counter, NEW.name_zh,
        NEW.name_en, NEW.ends_on, NEW.limit_fen, NEW.before_fen, NEW.asked_fen, NEW.given_fen,
        NEW.rest, NEW.place, NEW.claims, NEW.shares, NEW.claims_sha256)
      IS DISTINCT FROM (OLD.id, OLD.code, OLD.league_id, OLD.programme_id, OLD.counter,
        OLD.name_zh, OLD.name_en, OLD.ends_on, OLD.limit_fen, OLD.before_fen, OLD.asked_fen,
        OLD.given_fen, OLD.rest, OLD.place, OLD.claims, OLD.shares, OLD.claims_sha256) THEN
    RAISE EXCEPTION 'division: figures stay, and what was divided stays divided'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER division_stays BEFORE UPDATE ON division
  FOR EACH ROW EXECUTE FUNCTION tracker_division_stays()

CREATE TRIGGER division_no_delete BEFORE DELETE OR TRUNCATE ON division
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE division ENABLE ALWAYS TRIGGER division_stays

ALTER TABLE division ENABLE ALWAYS TRIGGER division_no_delete
