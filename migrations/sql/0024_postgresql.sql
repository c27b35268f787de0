-- What PostgreSQL keeps of cross-checks. Statements stand apart by an empty line.

CREATE FUNCTION tracker_cross_check_file_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.league_id, NEW.user_id, NEW.source, NEW.source_name, NEW.document_no,
      NEW.first_day, NEW.last_day, NEW.mode, NEW.port, NEW.file_name, NEW.sha256,
      NEW.size_bytes, NEW.uploaded_at)
      IS DISTINCT FROM (OLD.id, OLD.league_id, OLD.user_id, OLD.source, OLD.source_name, OLD.document_no,
      OLD.first_day, OLD.last_day, OLD.mode, OLD.port, OLD.file_name, OLD.sha256,
      OLD.size_bytes, OLD.uploaded_at)
      OR NEW.readings < OLD.readings THEN
    RAISE EXCEPTION 'cross_check_file: its bytes, its owner and what is stated stay'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state = 'withdrawn' THEN
    RAISE EXCEPTION 'cross_check_file: what was withdrawn stays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_cross_check_result_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.file_id, NEW.comparison_id, NEW.shipment_id,
      NEW.shipment_version_no, NEW.outcome, NEW.findings)
      IS DISTINCT FROM (OLD.id, OLD.file_id, OLD.comparison_id, OLD.shipment_id,
      OLD.shipment_version_no, OLD.outcome, OLD.findings)
      OR NOT OLD.standing OR NEW.standing THEN
    RAISE EXCEPTION 'cross_check_result: only ends'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER cross_check_file_stays BEFORE UPDATE ON cross_check_file
  FOR EACH ROW EXECUTE FUNCTION tracker_cross_check_file_stays()

CREATE TRIGGER cross_check_result_ends BEFORE UPDATE ON cross_check_result
  FOR EACH ROW EXECUTE FUNCTION tracker_cross_check_result_ends()

CREATE TRIGGER cross_check_file_no_delete BEFORE DELETE OR TRUNCATE ON cross_check_file
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER cross_check_result_no_delete BEFORE DELETE OR TRUNCATE ON cross_check_result
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER cross_check_answer_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON cross_check_answer
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER cross_check_reading_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON cross_check_reading
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER cross_check_row_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON cross_check_row
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER cross_check_comparison_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON cross_check_comparison
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER cross_check_named_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON cross_check_named
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE cross_check_file ENABLE ALWAYS TRIGGER cross_check_file_stays

ALTER TABLE cross_check_result ENABLE ALWAYS TRIGGER cross_check_result_ends

ALTER TABLE cross_check_file ENABLE ALWAYS TRIGGER cross_check_file_no_delete

ALTER TABLE cross_check_result ENABLE ALWAYS TRIGGER cross_check_result_no_delete

ALTER TABLE cross_check_answer ENABLE ALWAYS TRIGGER cross_check_answer_only_added_to

ALTER TABLE cross_check_reading ENABLE ALWAYS TRIGGER cross_check_reading_only_added_to

ALTER TABLE cross_check_row ENABLE ALWAYS TRIGGER cross_check_row_only_added_to

ALTER TABLE cross_check_comparison ENABLE ALWAYS TRIGGER cross_check_comparison_only_added_to

ALTER TABLE cross_check_named ENABLE ALWAYS TRIGGER cross_check_named_only_added_to
