-- What PostgreSQL keeps of self-evaluations. Statements stand apart by an empty line.

CREATE TRIGGER self_evaluation_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON self_evaluation
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE self_evaluation ENABLE ALWAYS TRIGGER self_evaluation_only_added_to
