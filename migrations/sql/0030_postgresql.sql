-- What PostgreSQL keeps of replies. Statements stand apart by an empty line.

CREATE TRIGGER hold_reply_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON hold_reply
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE hold_reply ENABLE ALWAYS TRIGGER hold_reply_only_added_to
