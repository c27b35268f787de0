-- What PostgreSQL keeps of takers. Statements stand apart by an empty line.

CREATE TRIGGER taker_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON taker
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE taker ENABLE ALWAYS TRIGGER taker_only_added_to
