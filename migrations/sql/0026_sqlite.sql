-- What SQLite keeps of deadlines. Statements stand apart by an empty line.

CREATE TRIGGER application_window_no_update BEFORE UPDATE ON application_window BEGIN
  SELECT RAISE(ABORT, 'application_window: only added to');
END

CREATE TRIGGER application_window_no_delete BEFORE DELETE ON application_window BEGIN
  SELECT RAISE(ABORT, 'application_window: only added to');
END

CREATE TRIGGER application_window_no_replace BEFORE INSERT ON application_window BEGIN
  SELECT RAISE(ABORT, 'application_window: already there') WHERE EXISTS (
    SELECT 1 FROM application_window WHERE id = NEW.id);
END

CREATE TRIGGER deadline_no_update BEFORE UPDATE ON deadline BEGIN
  SELECT RAISE(ABORT, 'deadline: only added to');
END

CREATE TRIGGER deadline_no_delete BEFORE DELETE ON deadline BEGIN
  SELECT RAISE(ABORT, 'deadline: only added to');
END

CREATE TRIGGER deadline_no_replace BEFORE INSERT ON deadline BEGIN
  SELECT RAISE(ABORT, 'deadline: already there') WHERE EXISTS (
    SELECT 1 FROM deadline WHERE id = NEW.id);
END
