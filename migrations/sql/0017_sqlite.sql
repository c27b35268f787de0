-- What SQLite keeps of matters. Statements stand apart by an empty line.

CREATE TRIGGER matter_version_no_update BEFORE UPDATE ON matter_version BEGIN
  SELECT RAISE(ABORT, 'matter_version: only added to');
END

CREATE TRIGGER matter_version_no_delete BEFORE DELETE ON matter_version BEGIN
  SELECT RAISE(ABORT, 'matter_version: only added to');
END

CREATE TRIGGER matter_version_no_replace BEFORE INSERT ON matter_version BEGIN
  SELECT RAISE(ABORT, 'matter_version: already there') WHERE EXISTS (
    SELECT 1 FROM matter_version WHERE id = NEW.id
      OR matter_id = NEW.matter_id AND version_no = NEW.version_no);
END

CREATE TRIGGER matter_stays BEFORE UPDATE ON matter BEGIN
  SELECT RAISE(ABORT, 'matter: whose it is stays') WHERE
    NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.firm_id <> OLD.firm_id
    OR NEW.league_id <> OLD.league_id OR NEW.programme_id <> OLD.programme_id
    OR NEW.year <> OLD.year OR NEW.first_day <> OLD.first_day OR NEW.last_day <> OLD.last_day
    OR OLD.state = 'withdrawn'
    OR (OLD.accepted_seq IS NOT NULL AND NEW.accepted_seq IS NOT OLD.accepted_seq);
END

CREATE TRIGGER matter_no_delete BEFORE DELETE ON matter BEGIN
  SELECT RAISE(ABORT, 'matter: stays');
END

CREATE TRIGGER matter_no_replace BEFORE INSERT ON matter BEGIN
  SELECT RAISE(ABORT, 'matter: already there') WHERE EXISTS (
    SELECT 1 FROM matter WHERE id = NEW.id OR code = NEW.code
      OR accepted_seq = NEW.accepted_seq
      OR (state <> 'withdrawn' AND NEW.state <> 'withdrawn' AND firm_id = NEW.firm_id
        AND programme_id = NEW.programme_id AND year = NEW.year));
END
