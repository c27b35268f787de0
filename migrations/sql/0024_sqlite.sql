-- What SQLite keeps of cross-checks. Statements stand apart by an empty line.

CREATE TRIGGER cross_check_file_stays BEFORE UPDATE ON cross_check_file BEGIN
  SELECT RAISE(ABORT, 'cross_check_file: its bytes, its owner and what is stated stay') WHERE NOT (
    NEW.id = OLD.id AND NEW.league_id IS OLD.league_id AND NEW.user_id = OLD.user_id
    AND NEW.source = OLD.source AND NEW.source_name = OLD.source_name
    AND NEW.document_no = OLD.document_no AND NEW.first_day = OLD.first_day
    AND NEW.last_day = OLD.last_day AND NEW.mode = OLD.mode AND NEW.port = OLD.port
    AND NEW.file_name = OLD.file_name AND NEW.sha256 = OLD.sha256
    AND NEW.size_bytes = OLD.size_bytes AND NEW.uploaded_at = OLD.uploaded_at
    AND NEW.readings >= OLD.readings);
  SELECT RAISE(ABORT, 'cross_check_file: what was withdrawn stays') WHERE OLD.state = 'withdrawn';
END

CREATE TRIGGER cross_check_file_no_delete BEFORE DELETE ON cross_check_file BEGIN
  SELECT RAISE(ABORT, 'cross_check_file: stays');
END

CREATE TRIGGER cross_check_file_no_replace BEFORE INSERT ON cross_check_file BEGIN
  SELECT RAISE(ABORT, 'cross_check_file: already there') WHERE EXISTS (
    SELECT 1 FROM cross_check_file WHERE id = NEW.id OR (state NOT IN ('refused', 'withdrawn')
      AND league_id IS NEW.league_id AND sha256 = NEW.sha256));
END

CREATE TRIGGER cross_check_result_ends BEFORE UPDATE ON cross_check_result BEGIN
  SELECT RAISE(ABORT, 'cross_check_result: only ends') WHERE NOT (
    NEW.id = OLD.id AND NEW.file_id = OLD.file_id
    AND NEW.comparison_id = OLD.comparison_id
    AND NEW.shipment_id = OLD.shipment_id
    AND NEW.shipment_version_no = OLD.shipment_version_no
    AND NEW.outcome = OLD.outcome AND NEW.findings = OLD.findings
    AND OLD.standing = 1 AND NEW.standing = 0);
END

CREATE TRIGGER cross_check_result_no_delete BEFORE DELETE ON cross_check_result BEGIN
  SELECT RAISE(ABORT, 'cross_check_result: stays');
END

CREATE TRIGGER cross_check_result_no_replace BEFORE INSERT ON cross_check_result BEGIN
  SELECT RAISE(ABORT, 'cross_check_result: already there') WHERE EXISTS (
    SELECT 1 FROM cross_check_result WHERE id = NEW.id OR (standing = 1
      AND file_id = NEW.file_id AND shipment_id = NEW.shipment_id));
END

CREATE TRIGGER cross_check_answer_no_update BEFORE UPDATE ON cross_check_answer BEGIN
  SELECT RAISE(ABORT, 'cross_check_answer: only added to');
END

CREATE TRIGGER cross_check_answer_no_delete BEFORE DELETE ON cross_check_answer BEGIN
  SELECT RAISE(ABORT, 'cross_check_answer: only added to');
END

CREATE TRIGGER cross_check_answer_no_replace BEFORE INSERT ON cross_check_answer BEGIN
  SELECT RAISE(ABORT, 'cross_check_answer: already there') WHERE EXISTS (
    SELECT 1 FROM cross_check_answer WHERE id = NEW.id
      OR (file_id = NEW.file_id AND answer_no = NEW.answer_no));
END

CREATE TRIGGER cross_check_reading_no_update BEFORE UPDATE ON cross_check_reading BEGIN
  SELECT RAISE(ABORT, 'cross_check_reading: only added to');
END

CREATE TRIGGER cross_check_reading_no_delete BEFORE DELETE ON cross_check_reading BEGIN
  SELECT RAISE(ABORT, 'cross_check_reading: only added to');
END

CREATE TRIGGER cross_check_reading_no_replace BEFORE INSERT ON cross_check_reading BEGIN
  SELECT RAISE(ABORT, 'cross_check_reading: already there') WHERE EXISTS (
    SELECT 1 FROM cross_check_reading WHERE id = NEW.id
      OR (file_id = NEW.file_id AND number = NEW.number));
END

CREATE TRIGGER cross_check_row_no_update BEFORE UPDATE ON cross_check_row BEGIN
  SELECT RAISE(ABORT, 'cross_check_row: only added to');
END

CREATE TRIGGER cross_check_row_no_delete BEFORE DELETE ON cross_check_row BEGIN
  SELECT RAISE(ABORT, 'cross_check_row: only added to');
END

CREATE TRIGGER cross_check_row_no_replace BEFORE INSERT ON cross_check_row BEGIN
  SELECT RAISE(ABORT, 'cross_check_row: already there') WHERE EXISTS (
    SELECT 1 FROM cross_check_row WHERE id = NEW.id
      OR (reading_id = NEW.reading_id AND row_no = NEW.row_no));
END

CREATE TRIGGER cross_check_comparison_no_update BEFORE UPDATE ON cross_check_comparison BEGIN
  SELECT RAISE(ABORT, 'cross_check_comparison: only added to');
END

CREATE TRIGGER cross_check_comparison_no_delete BEFORE DELETE ON cross_check_comparison BEGIN
  SELECT RAISE(ABORT, 'cross_check_comparison: only added to');
END

CREATE TRIGGER cross_check_comparison_no_replace BEFORE INSERT ON cross_check_comparison BEGIN
  SELECT RAISE(ABORT, 'cross_check_comparison: already there') WHERE EXISTS (
    SELECT 1 FROM cross_check_comparison WHERE id = NEW.id);
END

CREATE TRIGGER cross_check_named_no_update BEFORE UPDATE ON cross_check_named BEGIN
  SELECT RAISE(ABORT, 'cross_check_named: only added to');
END

CREATE TRIGGER cross_check_named_no_delete BEFORE DELETE ON cross_check_named BEGIN
  SELECT RAISE(ABORT, 'cross_check_named: only added to');
END

CREATE TRIGGER cross_check_named_no_replace BEFORE INSERT ON cross_check_named BEGIN
  SELECT RAISE(ABORT, 'cross_check_named: already there') WHERE EXISTS (
    SELECT 1 FROM cross_check_named WHERE id = NEW.id
      OR (result_id = NEW.result_id
        AND row_id = NEW.row_id));
END
