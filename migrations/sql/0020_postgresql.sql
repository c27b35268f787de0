-- What PostgreSQL keeps of pins. Statements stand apart by an empty line.

CREATE TRIGGER pin_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON pin
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE pin ENABLE ALWAYS TRIGGER pin_only_added_to
