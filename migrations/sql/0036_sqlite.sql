-- What SQLite keeps of near pairs. Statements stand apart by an empty line.

CREATE TRIGGER near_pair_no_update BEFORE UPDATE ON near_pair BEGIN
  SELECT RAISE(ABORT, 'near_pair: only added to');
END

CREATE TRIGGER near_pair_no_delete BEFORE DELETE ON near_pair BEGIN
  SELECT RAISE(ABORT, 'near_pair: only added to');
END

CREATE TRIGGER near_pair_no_replace BEFORE INSERT ON near_pair BEGIN
  SELECT RAISE(ABORT, 'near_pair: already there') WHERE EXISTS (
    SELECT 1 FROM near_pair WHERE id = NEW.id);
END

CREATE TRIGGER near_verdict_no_update BEFORE UPDATE ON near_verdict BEGIN
  SELECT RAISE(ABORT, 'near_verdict: only added to');
END

CREATE TRIGGER near_verdict_no_delete BEFORE DELETE ON near_verdict BEGIN
  SELECT RAISE(ABORT, 'near_verdict: only added to');
END

CREATE TRIGGER near_verdict_no_replace BEFORE INSERT ON near_verdict BEGIN
  SELECT RAISE(ABORT, 'near_verdict: already there') WHERE EXISTS (
    SELECT 1 FROM near_verdict WHERE id = NEW.id);
END
