-- What SQLite keeps of networks and proposals. Statements stand apart by an empty line.

CREATE TRIGGER network_version_no_update BEFORE UPDATE ON network_version BEGIN
  SELECT RAISE(ABORT, 'network_version: only added to');
END

CREATE TRIGGER network_version_no_delete BEFORE DELETE ON network_version BEGIN
  SELECT RAISE(ABORT, 'network_version: only added to');
END

CREATE TRIGGER network_version_no_replace BEFORE INSERT ON network_version BEGIN
  SELECT RAISE(ABORT, 'network_version: already there') WHERE EXISTS (
    SELECT 1 FROM network_version
      WHERE id = NEW.id OR sha256 = NEW.sha256 OR valid_from = NEW.valid_from);
END

CREATE TRIGGER proposal_stays BEFORE UPDATE ON proposal BEGIN
  SELECT RAISE(ABORT, 'proposal: what is proposed stays, and what was decided stays') WHERE NOT (
    NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.league_id IS OLD.league_id
    AND NEW.user_id = OLD.user_id AND NEW.kind = OLD.kind AND NEW.body = OLD.body
    AND NEW.body_sha256 = OLD.body_sha256 AND NEW.document_no = OLD.document_no
    AND NEW.note = OLD.note AND NEW.based_on_id = OLD.based_on_id
    AND NEW.proposed_at = OLD.proposed_at AND NEW.is_sample = OLD.is_sample
    AND OLD.state IN ('draft', 'submitted'));
END

CREATE TRIGGER proposal_no_delete BEFORE DELETE ON proposal BEGIN
  SELECT RAISE(ABORT, 'proposal: only added to');
END

CREATE TRIGGER proposal_no_replace BEFORE INSERT ON proposal BEGIN
  SELECT RAISE(ABORT, 'proposal: already there') WHERE EXISTS (
    SELECT 1 FROM proposal WHERE id = NEW.id OR code = NEW.code);
END
