-- What PostgreSQL keeps of tracks. Statements stand apart by an empty line.

CREATE FUNCTION tracker_track_file_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.firm_id, NEW.user_id, NEW.file_name, NEW.sha256, NEW.size_bytes, NEW.datum,
      NEW.zone, NEW.uploaded_at, NEW.source)
      IS DISTINCT FROM (OLD.id, OLD.firm_id, OLD.user_id, OLD.file_name, OLD.sha256, OLD.size_bytes, OLD.datum,
      OLD.zone, OLD.uploaded_at, OLD.source) THEN
    RAISE EXCEPTION 'track_file: its bytes, its owner and what it declares stay'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state = 'withdrawn' THEN
    RAISE EXCEPTION 'track_file: what was withdrawn stays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_track_link_removes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.track_id, NEW.shipment_id, NEW.linked_at, NEW.user_id)
      IS DISTINCT FROM (OLD.id, OLD.track_id, OLD.shipment_id, OLD.linked_at, OLD.user_id)
      OR OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL THEN
    RAISE EXCEPTION 'track_link: is only removed, once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_track_check_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.track_id, NEW.shipment_id, NEW.route_id, NEW.checker, NEW.checked_at,
      NEW.declared, NEW.outcome,
      NEW.province, NEW.domestic, NEW.abroad, NEW.body)
      IS DISTINCT FROM (OLD.id, OLD.track_id, OLD.shipment_id, OLD.route_id, OLD.checker, OLD.checked_at,
      OLD.declared, OLD.outcome,
      OLD.province, OLD.domestic, OLD.abroad, OLD.body)
      OR NOT OLD.standing OR NEW.standing THEN
    RAISE EXCEPTION 'track_check: only ends'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER track_file_stays BEFORE UPDATE ON track_file
  FOR EACH ROW EXECUTE FUNCTION tracker_track_file_stays()

CREATE TRIGGER track_link_removes BEFORE UPDATE ON track_link
  FOR EACH ROW EXECUTE FUNCTION tracker_track_link_removes()

CREATE TRIGGER track_check_ends BEFORE UPDATE ON track_check
  FOR EACH ROW EXECUTE FUNCTION tracker_track_check_ends()

CREATE TRIGGER track_file_no_delete BEFORE DELETE OR TRUNCATE ON track_file
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER track_link_no_delete BEFORE DELETE OR TRUNCATE ON track_link
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER track_check_no_delete BEFORE DELETE OR TRUNCATE ON track_check
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER track_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON track
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE track_file ENABLE ALWAYS TRIGGER track_file_stays

ALTER TABLE track_file ENABLE ALWAYS TRIGGER track_file_no_delete

ALTER TABLE track_link ENABLE ALWAYS TRIGGER track_link_removes

ALTER TABLE track_link ENABLE ALWAYS TRIGGER track_link_no_delete

ALTER TABLE track_check ENABLE ALWAYS TRIGGER track_check_ends

ALTER TABLE track_check ENABLE ALWAYS TRIGGER track_check_no_delete

ALTER TABLE track ENABLE ALWAYS TRIGGER track_only_added_to
