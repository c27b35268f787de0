-- What SQLite keeps of payments. Statements stand apart by an empty line.

CREATE TRIGGER instruction_list_no_update BEFORE UPDATE ON instruction_list BEGIN
  SELECT RAISE(ABORT, 'instruction_list: only added to');
END

CREATE TRIGGER instruction_list_no_delete BEFORE DELETE ON instruction_list BEGIN
  SELECT RAISE(ABORT, 'instruction_list: only added to');
END

CREATE TRIGGER instruction_list_no_replace BEFORE INSERT ON instruction_list BEGIN
  SELECT RAISE(ABORT, 'instruction_list: already there') WHERE EXISTS (
    SELECT 1 FROM instruction_list WHERE id = NEW.id OR code = NEW.code);
END

CREATE TRIGGER instruction_list_line_no_update BEFORE UPDATE ON instruction_list_line BEGIN
  SELECT RAISE(ABORT, 'instruction_list_line: only added to');
END

CREATE TRIGGER instruction_list_line_no_delete BEFORE DELETE ON instruction_list_line BEGIN
  SELECT RAISE(ABORT, 'instruction_list_line: only added to');
END

CREATE TRIGGER instruction_list_line_no_replace BEFORE INSERT ON instruction_list_line BEGIN
  SELECT RAISE(ABORT, 'instruction_list_line: already there') WHERE EXISTS (
    SELECT 1 FROM instruction_list_line WHERE id = NEW.id OR disbursement_id = NEW.disbursement_id);
END

CREATE TRIGGER bank_file_no_update BEFORE UPDATE ON bank_file BEGIN
  SELECT RAISE(ABORT, 'bank_file: only added to');
END

CREATE TRIGGER bank_file_no_delete BEFORE DELETE ON bank_file BEGIN
  SELECT RAISE(ABORT, 'bank_file: only added to');
END

CREATE TRIGGER bank_file_no_replace BEFORE INSERT ON bank_file BEGIN
  SELECT RAISE(ABORT, 'bank_file: already there') WHERE EXISTS (
    SELECT 1 FROM bank_file WHERE id = NEW.id OR league_id = NEW.league_id AND sha256 = NEW.sha256);
END

CREATE TRIGGER payee_account_no_update BEFORE UPDATE ON payee_account BEGIN
  SELECT RAISE(ABORT, 'payee_account: only added to');
END

CREATE TRIGGER payee_account_no_delete BEFORE DELETE ON payee_account BEGIN
  SELECT RAISE(ABORT, 'payee_account: only added to');
END

CREATE TRIGGER payee_account_no_replace BEFORE INSERT ON payee_account BEGIN
  SELECT RAISE(ABORT, 'payee_account: already there') WHERE EXISTS (
    SELECT 1 FROM payee_account WHERE id = NEW.id);
END
