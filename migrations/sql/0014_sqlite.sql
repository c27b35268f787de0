-- What SQLite keeps of divisions. Statements stand apart by an empty line.

CREATE TRIGGER division_stays BEFORE UPDATE ON division BEGIN
  SELECT RAISE(ABORT, 'division: figures stay, and what was divided stays divided') WHERE NOT (
    NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.league_id = OLD.league_id
    AND NEW.programme_id = OLD.programme_id AND NEW.counter = OLD.counter
    AND NEW.name_zh = OLD.name_zh AND NEW.name_en = OLD.name_en AND NEW.ends_on IS OLD.ends_on
    AND NEW.limit_fen = OLD.limit_fen AND NEW.before_fen = OLD.before_fen
    AND NEW.asked_fen = OLD.asked_fen AND NEW.given_fen = OLD.given_fen
    AND NEW.rest = OLD.rest AND NEW.place = OLD.place AND NEW.claims = OLD.claims
    AND NEW.shares = OLD.shares AND NEW.claims_sha256 = OLD.claims_sha256
    AND OLD.state <> 'divided');
END

CREATE TRIGGER division_no_delete BEFORE DELETE ON division BEGIN
  SELECT RAISE(ABORT, 'division: only added to');
END

CREATE TRIGGER division_no_replace BEFORE INSERT ON division BEGIN
  SELECT RAISE(ABORT, 'division: already there') WHERE EXISTS (
    SELECT 1 FROM division WHERE id = NEW.id OR code = NEW.code);
END
