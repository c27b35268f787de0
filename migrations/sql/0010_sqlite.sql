-- What SQLite keeps of evidence. Statements stand apart by an empty line.

CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence BEGIN
  SELECT RAISE(ABORT, 'evidence: its bytes and its owner stay') WHERE NOT (
    NEW.id = OLD.id AND NEW.user_id = OLD.user_id AND NEW.file_name = OLD.file_name
    AND NEW.content = OLD.content AND NEW.sha256 = OLD.sha256 AND NEW.size_bytes = OLD.size_bytes
    AND NEW.notices = OLD.notices AND NEW.added_at = OLD.added_at
    AND NEW.firm_id IS OLD.firm_id AND NEW.league_id IS OLD.league_id);
  SELECT RAISE(ABORT, 'evidence: what was withdrawn stays') WHERE OLD.withdrawn_at IS NOT NULL;
  SELECT RAISE(ABORT, 'evidence: its parts exceed the total') WHERE coalesce(NEW.total_fen, 0) < (
    SELECT coalesce(sum(part_fen), 0) FROM evidence_link
      WHERE evidence_id = OLD.id AND removed_at IS NULL);
END

CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN
  SELECT RAISE(ABORT, 'evidence: stays');
END

CREATE TRIGGER evidence_no_replace BEFORE INSERT ON evidence BEGIN
  SELECT RAISE(ABORT, 'evidence: already there') WHERE EXISTS (
    SELECT 1 FROM evidence WHERE id = NEW.id OR (withdrawn_at IS NULL AND sha256 = NEW.sha256
      AND (firm_id = NEW.firm_id OR league_id = NEW.league_id)));
END

CREATE TRIGGER evidence_link_fits BEFORE INSERT ON evidence_link BEGIN
  SELECT RAISE(ABORT, 'evidence_link: already there') WHERE EXISTS (
    SELECT 1 FROM evidence_link WHERE id = NEW.id OR (removed_at IS NULL
      AND evidence_id = NEW.evidence_id AND subject_kind = NEW.subject_kind
      AND subject_id = NEW.subject_id));
  SELECT RAISE(ABORT, 'evidence_link: the parts exceed the total') WHERE NEW.part_fen > 0 AND
    NEW.part_fen + (SELECT coalesce(sum(part_fen), 0) FROM evidence_link
      WHERE evidence_id = NEW.evidence_id AND removed_at IS NULL)
    > (SELECT coalesce(total_fen, 0) FROM evidence WHERE id = NEW.evidence_id);
END

CREATE TRIGGER evidence_link_removes BEFORE UPDATE ON evidence_link BEGIN
  SELECT RAISE(ABORT, 'evidence_link: is only removed, once') WHERE NOT (
    NEW.id = OLD.id AND NEW.evidence_id = OLD.evidence_id AND NEW.subject_kind = OLD.subject_kind
    AND NEW.subject_id = OLD.subject_id AND NEW.user_id = OLD.user_id
    AND NEW.linked_at = OLD.linked_at AND NEW.part_fen IS OLD.part_fen
    AND OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL);
END

CREATE TRIGGER evidence_link_no_delete BEFORE DELETE ON evidence_link BEGIN
  SELECT RAISE(ABORT, 'evidence_link: stays');
END
