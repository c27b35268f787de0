-- What SQLite keeps of publications and objections. Statements stand apart by an empty line.

CREATE TRIGGER calendar_day_no_update BEFORE UPDATE ON calendar_day BEGIN
  SELECT RAISE(ABORT, 'calendar_day: only added to');
END

CREATE TRIGGER calendar_day_no_delete BEFORE DELETE ON calendar_day BEGIN
  SELECT RAISE(ABORT, 'calendar_day: only added to');
END

CREATE TRIGGER calendar_day_no_replace BEFORE INSERT ON calendar_day BEGIN
  SELECT RAISE(ABORT, 'calendar_day: already there') WHERE EXISTS (
    SELECT 1 FROM calendar_day WHERE id = NEW.id);
END

CREATE TRIGGER publish_setting_no_update BEFORE UPDATE ON publish_setting BEGIN
  SELECT RAISE(ABORT, 'publish_setting: only added to');
END

CREATE TRIGGER publish_setting_no_delete BEFORE DELETE ON publish_setting BEGIN
  SELECT RAISE(ABORT, 'publish_setting: only added to');
END

CREATE TRIGGER publish_setting_no_replace BEFORE INSERT ON publish_setting BEGIN
  SELECT RAISE(ABORT, 'publish_setting: already there') WHERE EXISTS (
    SELECT 1 FROM publish_setting WHERE id = NEW.id);
END

CREATE TRIGGER publication_line_no_update BEFORE UPDATE ON publication_line BEGIN
  SELECT RAISE(ABORT, 'publication_line: only added to');
END

CREATE TRIGGER publication_line_no_delete BEFORE DELETE ON publication_line BEGIN
  SELECT RAISE(ABORT, 'publication_line: only added to');
END

CREATE TRIGGER publication_line_no_replace BEFORE INSERT ON publication_line BEGIN
  SELECT RAISE(ABORT, 'publication_line: already there') WHERE EXISTS (
    SELECT 1 FROM publication_line WHERE id = NEW.id OR (
    publication_id = NEW.publication_id AND application_id = NEW.application_id));
END

CREATE TRIGGER publication_stays BEFORE UPDATE ON publication BEGIN
  SELECT RAISE(ABORT, 'publication: what is published stays, and what was withdrawn stays withdrawn') WHERE NOT (
    NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.league_id = OLD.league_id
    AND NEW.programme_id = OLD.programme_id AND NEW.period_from = OLD.period_from
    AND NEW.period_to = OLD.period_to AND NEW.working_days = OLD.working_days
    AND NEW.published_on = OLD.published_on AND NEW.ends_on = OLD.ends_on
    AND NEW.place = OLD.place AND NEW.contact = OLD.contact AND NEW.head_seq = OLD.head_seq
    AND NEW.head_hash = OLD.head_hash AND OLD.state <> 'withdrawn');
END

CREATE TRIGGER publication_no_delete BEFORE DELETE ON publication BEGIN
  SELECT RAISE(ABORT, 'publication: only added to');
END

CREATE TRIGGER publication_no_replace BEFORE INSERT ON publication BEGIN
  SELECT RAISE(ABORT, 'publication: already there') WHERE EXISTS (
    SELECT 1 FROM publication WHERE id = NEW.id OR code = NEW.code);
END

CREATE TRIGGER objection_stays BEFORE UPDATE ON objection BEGIN
  SELECT RAISE(ABORT, 'objection: what was said stays, and what was decided stays decided') WHERE NOT (
    NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.league_id = OLD.league_id
    AND NEW.line_id = OLD.line_id AND NEW.objector = OLD.objector AND NEW.contact = OLD.contact
    AND NEW.received_on = OLD.received_on AND NEW.words = OLD.words
    AND NEW.user_id = OLD.user_id AND NEW.recorded_at = OLD.recorded_at
    AND OLD.state NOT IN ('sustained', 'dismissed'));
END

CREATE TRIGGER objection_no_delete BEFORE DELETE ON objection BEGIN
  SELECT RAISE(ABORT, 'objection: only added to');
END

CREATE TRIGGER objection_no_replace BEFORE INSERT ON objection BEGIN
  SELECT RAISE(ABORT, 'objection: already there') WHERE EXISTS (
    SELECT 1 FROM objection WHERE id = NEW.id OR code = NEW.code);
END

CREATE TRIGGER letter_template_no_update BEFORE UPDATE ON letter_template BEGIN
  SELECT RAISE(ABORT, 'letter_template: only added to');
END

CREATE TRIGGER letter_template_no_delete BEFORE DELETE ON letter_template BEGIN
  SELECT RAISE(ABORT, 'letter_template: only added to');
END

CREATE TRIGGER letter_template_no_replace BEFORE INSERT ON letter_template BEGIN
  SELECT RAISE(ABORT, 'letter_template: already there') WHERE EXISTS (
    SELECT 1 FROM letter_template WHERE id = NEW.id);
END
