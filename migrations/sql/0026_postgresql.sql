-- What PostgreSQL keeps of deadlines. Statements stand apart by an empty line.

CREATE TRIGGER application_window_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON application_window
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE application_window ENABLE ALWAYS TRIGGER application_window_only_added_to

CREATE TRIGGER deadline_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON deadline
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE deadline ENABLE ALWAYS TRIGGER deadline_only_added_to
