-- What SQLite keeps of trials. Statements stand apart by an empty line.

CREATE TRIGGER method_trial_no_update BEFORE UPDATE ON method_trial BEGIN
  SELECT RAISE(ABORT, 'method_trial: only added to');
END

CREATE TRIGGER method_trial_no_delete BEFORE DELETE ON method_trial BEGIN
  SELECT RAISE(ABORT, 'method_trial: only added to');
END

CREATE TRIGGER method_trial_no_replace BEFORE INSERT ON method_trial BEGIN
  SELECT RAISE(ABORT, 'method_trial: already there') WHERE EXISTS (
    SELECT 1 FROM method_trial WHERE id = NEW.id);
END
