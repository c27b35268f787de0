-- What PostgreSQL keeps of trials. Statements stand apart by an empty line.

CREATE TRIGGER method_trial_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON method_trial
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE method_trial ENABLE ALWAYS TRIGGER method_trial_only_added_to
