-- What SQLite keeps of composed rules. Statements stand apart by an empty line.

CREATE TRIGGER composed_rule_no_update BEFORE UPDATE ON composed_rule BEGIN
  SELECT RAISE(ABORT, 'composed_rule: only added to');
END

CREATE TRIGGER composed_rule_no_delete BEFORE DELETE ON composed_rule BEGIN
  SELECT RAISE(ABORT, 'composed_rule: only added to');
END

CREATE TRIGGER composed_rule_no_replace BEFORE INSERT ON composed_rule BEGIN
  SELECT RAISE(ABORT, 'composed_rule: already there') WHERE EXISTS (
    SELECT 1 FROM composed_rule WHERE id = NEW.id OR rule_id = NEW.rule_id
      OR league_id = NEW.league_id AND number = NEW.number AND version_no = NEW.version_no);
END
