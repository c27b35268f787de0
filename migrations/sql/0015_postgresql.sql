-- What PostgreSQL keeps of receipts. Statements stand apart by an empty line.

CREATE TRIGGER receipt_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

ALTER TABLE receipt ENABLE ALWAYS TRIGGER receipt_only_added_to
