-- What PostgreSQL keeps of near pairs. Statements stand apart by an empty line.

CREATE TRIGGER near_pair_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON near_pair
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE near_pair ENABLE ALWAYS TRIGGER near_pair_only_added_to

CREATE TRIGGER near_verdict_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON near_verdict
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE near_verdict ENABLE ALWAYS TRIGGER near_verdict_only_added_to
