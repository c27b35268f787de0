-- What PostgreSQL keeps of requirements. Statements stand apart by an empty line.

CREATE TRIGGER requirement_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON requirement
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE requirement ENABLE ALWAYS TRIGGER requirement_only_added_to
