-- What PostgreSQL keeps of networks and proposals. Statements stand apart by an empty line.

CREATE TRIGGER network_version_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON network_version
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE network_version ENABLE ALWAYS TRIGGER network_version_only_added_to

CREATE FUNCTION tracker_proposal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state NOT IN ('draft', 'submitted')
      OR (NEW.id, NEW.code, NEW.league_id, NEW.user_id, NEW.kind, NEW.body, NEW.body_sha256,
        NEW.document_no, NEW.note, NEW.based_on_id, NEW.proposed_at, NEW.is_sample)
      IS DISTINCT FROM (OLD.id, OLD.code, OLD.league_id, OLD.user_id, OLD.kind, OLD.body,
        OLD.body_sha256, OLD.document_no, OLD.note, OLD.based_on_id, OLD.proposed_at,
        OLD.is_sample) THEN
    RAISE EXCEPTION 'proposal: what is proposed stays, and what was decided stays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER proposal_stays BEFORE UPDATE ON proposal
  FOR EACH ROW EXECUTE FUNCTION tracker_proposal_stays()

CREATE TRIGGER proposal_no_delete BEFORE DELETE OR TRUNCATE ON proposal
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE proposal ENABLE ALWAYS TRIGGER proposal_stays

ALTER TABLE proposal ENABLE ALWAYS TRIGGER proposal_no_delete
