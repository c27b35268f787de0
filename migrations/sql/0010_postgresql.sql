-- What PostgreSQL keeps of evidence. Statements stand apart by an empty line.

CREATE FUNCTION tracker_evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.user_id, NEW.file_name, NEW.content, NEW.sha256, NEW.size_bytes, NEW.notices,
      NEW.added_at, NEW.firm_id, NEW.league_id)
      IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.file_name, OLD.content, OLD.sha256,
      OLD.size_bytes, OLD.notices, OLD.added_at, OLD.firm_id, OLD.league_id) THEN
    RAISE EXCEPTION 'evidence: its bytes and its owner stay'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'evidence: what was withdrawn stays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF coalesce(NEW.total_fen, 0) < (SELECT coalesce(sum(part_fen), 0) FROM evidence_link
      WHERE evidence_id = OLD.id AND removed_at IS NULL) THEN
    RAISE EXCEPTION 'evidence: its parts exceed the total'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_evidence_link_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total bigint;
BEGIN
  SELECT total_fen INTO total FROM evidence WHERE id = NEW.evidence_id FOR UPDATE;
  IF NEW.part_fen > 0 AND NEW.part_fen + (SELECT coalesce(sum(part_fen), 0) FROM evidence_link
      WHERE evidence_id = NEW.evidence_id AND removed_at IS NULL) > coalesce(total, 0) THEN
    RAISE EXCEPTION 'evidence_link: the parts exceed the total'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_evidence_link_removes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.evidence_id, NEW.subject_kind, NEW.subject_id, NEW.user_id, NEW.linked_at,
      NEW.part_fen) IS DISTINCT FROM (OLD.id, OLD.evidence_id, OLD.subject_kind, OLD.subject_id,
      OLD.user_id, OLD.linked_at, OLD.part_fen)
      OR OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL THEN
    RAISE EXCEPTION 'evidence_link: is only removed, once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence
  FOR EACH ROW EXECUTE FUNCTION tracker_evidence_stays()

CREATE TRIGGER evidence_no_delete BEFORE DELETE OR TRUNCATE ON evidence
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER evidence_link_fits BEFORE INSERT ON evidence_link
  FOR EACH ROW EXECUTE FUNCTION tracker_evidence_link_fits()

CREATE TRIGGER evidence_link_removes BEFORE UPDATE ON evidence_link
  FOR EACH ROW EXECUTE FUNCTION tracker_evidence_link_removes()

CREATE TRIGGER evidence_link_no_delete BEFORE DELETE OR TRUNCATE ON evidence_link
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()
