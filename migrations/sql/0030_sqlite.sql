-- What SQLite keeps of replies. Statements stand apart by an empty line.

CREATE TRIGGER hold_reply_no_update BEFORE UPDATE ON hold_reply BEGIN
  SELECT RAISE(ABORT, 'hold_reply: only added to');
END

CREATE TRIGGER hold_reply_no_delete BEFORE DELETE ON hold_reply BEGIN
  SELECT RAISE(ABORT, 'hold_reply: only added to');
END

CREATE TRIGGER hold_reply_no_replace BEFORE INSERT ON hold_reply BEGIN
  SELECT RAISE(ABORT, 'hold_reply: already there') WHERE EXISTS (
    SELECT 1 FROM hold_reply WHERE id = NEW.id);
END
