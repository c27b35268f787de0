-- What SQLite keeps of forecasts. Statements stand apart by an empty line.

CREATE TRIGGER forecast_stays BEFORE UPDATE ON forecast BEGIN
  SELECT RAISE(ABORT, 'forecast: what it is about stays, and what was sent stays sent') WHERE NOT (
    NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.league_id = OLD.league_id
    AND NEW.programme_id = OLD.programme_id AND NEW.year = OLD.year
    AND NEW.first_quarter = OLD.first_quarter AND NEW.last_quarter = OLD.last_quarter
    AND NEW.document_no = OLD.document_no AND NEW.basis = OLD.basis
    AND NEW.newest_no >= OLD.newest_no AND OLD.replaced_by_id IS NULL
    AND OLD.state NOT IN ('replaced', 'recalled', 'withdrawn')
    AND (OLD.state <> 'submitted'
      OR NEW.state IN ('replaced', 'recalled') AND NEW.newest_no = OLD.newest_no));
END

CREATE TRIGGER forecast_no_delete BEFORE DELETE ON forecast BEGIN
  SELECT RAISE(ABORT, 'forecast: only added to');
END

CREATE TRIGGER forecast_no_replace BEFORE INSERT ON forecast BEGIN
  SELECT RAISE(ABORT, 'forecast: already there') WHERE EXISTS (
    SELECT 1 FROM forecast WHERE id = NEW.id OR code = NEW.code);
END

CREATE TRIGGER forecast_version_no_update BEFORE UPDATE ON forecast_version BEGIN
  SELECT RAISE(ABORT, 'forecast_version: only added to');
END

CREATE TRIGGER forecast_version_no_delete BEFORE DELETE ON forecast_version BEGIN
  SELECT RAISE(ABORT, 'forecast_version: only added to');
END

CREATE TRIGGER forecast_version_no_replace BEFORE INSERT ON forecast_version BEGIN
  SELECT RAISE(ABORT, 'forecast_version: already there') WHERE EXISTS (
    SELECT 1 FROM forecast_version WHERE id = NEW.id
      OR forecast_id = NEW.forecast_id AND version_no = NEW.version_no);
END
