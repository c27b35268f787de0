-- What PostgreSQL keeps of forecasts. Statements stand apart by an empty line.

CREATE FUNCTION tracker_forecast_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.code, NEW.league_id, NEW.programme_id, NEW.year, NEW.first_quarter,
      NEW.last_quarter, NEW.document_no, NEW.basis) IS DISTINCT FROM (OLD.id, OLD.code,
      OLD.league_id, OLD.programme_id, OLD.year, OLD.first_quarter, OLD.last_quarter,
      OLD.document_no, OLD.basis)
      OR NEW.newest_no < OLD.newest_no OR OLD.replaced_by_id IS NOT NULL
      OR OLD.state IN ('replaced', 'recalled', 'withdrawn')
      OR (OLD.state = 'submitted' AND (NEW.state NOT IN ('replaced', 'recalled')
        OR NEW.newest_no <> OLD.newest_no)) THEN
    RAISE EXCEPTION 'forecast: what it is about stays, and what was sent stays sent'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER forecast_stays BEFORE UPDATE ON forecast
  FOR EACH ROW EXECUTE FUNCTION tracker_forecast_stays()

CREATE TRIGGER forecast_no_delete BEFORE DELETE OR TRUNCATE ON forecast
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER forecast_version_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON forecast_version
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE forecast ENABLE ALWAYS TRIGGER forecast_stays

ALTER TABLE forecast ENABLE ALWAYS TRIGGER forecast_no_delete

ALTER TABLE forecast_version ENABLE ALWAYS TRIGGER forecast_version_only_added_to
