-- What PostgreSQL keeps of allotment matches. Statements stand apart by an empty line.

CREATE TRIGGER allotment_match_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON allotment_match
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE allotment_match ENABLE ALWAYS TRIGGER allotment_match_only_added_to
