-- What SQLite keeps of allotment matches. Statements stand apart by an empty line.

CREATE TRIGGER allotment_match_no_update BEFORE UPDATE ON allotment_match BEGIN
  SELECT RAISE(ABORT, 'allotment_match: only added to');
END

CREATE TRIGGER allotment_match_no_delete BEFORE DELETE ON allotment_match BEGIN
  SELECT RAISE(ABORT, 'allotment_match: only added to');
END

CREATE TRIGGER allotment_match_no_replace BEFORE INSERT ON allotment_match BEGIN
  SELECT RAISE(ABORT, 'allotment_match: already there') WHERE EXISTS (SELECT 1 FROM allotment_match WHERE id = NEW.id);
END
