-- What PostgreSQL keeps of composed rules. Statements stand apart by an empty line.

CREATE TRIGGER composed_rule_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON composed_rule
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE composed_rule ENABLE ALWAYS TRIGGER composed_rule_only_added_to
