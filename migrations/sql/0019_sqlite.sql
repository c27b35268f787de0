-- What SQLite keeps of tracks. Statements stand apart by an empty line.

CREATE TRIGGER track_file_stays BEFORE UPDATE ON track_file BEGIN
  SELECT RAISE(ABORT, 'track_file: its bytes, its owner and what it declares stay') WHERE NOT (
    NEW.id = OLD.id AND NEW.firm_id = OLD.firm_id AND NEW.user_id = OLD.user_id
    AND NEW.file_name = OLD.file_name AND NEW.sha256 = OLD.sha256
    AND NEW.size_bytes = OLD.size_bytes AND NEW.datum = OLD.datum AND NEW.zone = OLD.zone
    AND NEW.uploaded_at = OLD.uploaded_at AND NEW.source = OLD.source);
  SELECT RAISE(ABORT, 'track_file: what was withdrawn stays') WHERE OLD.state = 'withdrawn';
END

CREATE TRIGGER track_file_no_delete BEFORE DELETE ON track_file BEGIN
  SELECT RAISE(ABORT, 'track_file: stays');
END

CREATE TRIGGER track_no_update BEFORE UPDATE ON track BEGIN
  SELECT RAISE(ABORT, 'track: only added to');
END

CREATE TRIGGER track_no_delete BEFORE DELETE ON track BEGIN
  SELECT RAISE(ABORT, 'track: only added to');
END

CREATE TRIGGER track_link_removes BEFORE UPDATE ON track_link BEGIN
  SELECT RAISE(ABORT, 'track_link: is only removed, once') WHERE NOT (
    NEW.id = OLD.id AND NEW.track_id = OLD.track_id AND NEW.shipment_id = OLD.shipment_id
    AND NEW.linked_at = OLD.linked_at AND NEW.user_id IS OLD.user_id
    AND OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL);
END

CREATE TRIGGER track_link_no_delete BEFORE DELETE ON track_link BEGIN
  SELECT RAISE(ABORT, 'track_link: stays');
END

CREATE TRIGGER track_check_ends BEFORE UPDATE ON track_check BEGIN
  SELECT RAISE(ABORT, 'track_check: only ends') WHERE NOT (
    NEW.id = OLD.id AND NEW.track_id = OLD.track_id AND NEW.shipment_id = OLD.shipment_id
    AND NEW.route_id = OLD.route_id AND NEW.checker = OLD.checker
    AND NEW.checked_at = OLD.checked_at AND NEW.declared = OLD.declared
    AND NEW.outcome = OLD.outcome AND NEW.province = OLD.province
    AND NEW.domestic = OLD.domestic AND NEW.abroad = OLD.abroad AND NEW.body = OLD.body
    AND OLD.standing = 1 AND NEW.standing = 0);
END

CREATE TRIGGER track_check_no_delete BEFORE DELETE ON track_check BEGIN
  SELECT RAISE(ABORT, 'track_check: stays');
END

CREATE TRIGGER track_file_no_replace BEFORE INSERT ON track_file BEGIN
  SELECT RAISE(ABORT, 'track_file: already there') WHERE EXISTS (
    SELECT 1 FROM track_file WHERE id = NEW.id OR (state NOT IN ('refused', 'withdrawn')
      AND firm_id = NEW.firm_id AND sha256 = NEW.sha256));
END

CREATE TRIGGER track_no_replace BEFORE INSERT ON track BEGIN
  SELECT RAISE(ABORT, 'track: already there') WHERE EXISTS (
    SELECT 1 FROM track WHERE id = NEW.id
      OR (track_file_id = NEW.track_file_id AND number = NEW.number));
END

CREATE TRIGGER track_link_no_replace BEFORE INSERT ON track_link BEGIN
  SELECT RAISE(ABORT, 'track_link: already there') WHERE EXISTS (
    SELECT 1 FROM track_link WHERE id = NEW.id OR (removed_at IS NULL
      AND track_id = NEW.track_id AND shipment_id = NEW.shipment_id));
END

CREATE TRIGGER track_check_no_replace BEFORE INSERT ON track_check BEGIN
  SELECT RAISE(ABORT, 'track_check: already there') WHERE EXISTS (
    SELECT 1 FROM track_check WHERE id = NEW.id OR (standing = 1
      AND track_id = NEW.track_id AND shipment_id = NEW.shipment_id));
END
