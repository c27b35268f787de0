-- What PostgreSQL keeps of payments. Statements stand apart by an empty line.

CREATE TRIGGER instruction_list_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON instruction_list
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE instruction_list ENABLE ALWAYS TRIGGER instruction_list_only_added_to

CREATE TRIGGER instruction_list_line_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON instruction_list_line
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE instruction_list_line ENABLE ALWAYS TRIGGER instruction_list_line_only_added_to

CREATE TRIGGER bank_file_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_file
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE bank_file ENABLE ALWAYS TRIGGER bank_file_only_added_to

CREATE TRIGGER payee_account_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON payee_account
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE payee_account ENABLE ALWAYS TRIGGER payee_account_only_added_to
