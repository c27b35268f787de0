-- What SQLite itself refuses and keeps. Statements stand apart by an empty line.
-- Each BEFORE INSERT also refuses a row whose key is there: INSERT OR REPLACE fires no delete trigger.

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN
  SELECT RAISE(ABORT, 'entry: only added to');
END

CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN
  SELECT RAISE(ABORT, 'entry: only added to');
END

CREATE TRIGGER entry_follows BEFORE INSERT ON entry BEGIN
  SELECT RAISE(ABORT, 'entry: already there') WHERE EXISTS (
    SELECT 1 FROM entry WHERE id = NEW.id OR seq = NEW.seq OR cause = NEW.cause OR hash = NEW.hash);
  SELECT RAISE(ABORT, 'entry: does not follow the head') WHERE NOT EXISTS (
    SELECT 1 FROM chain_head WHERE seq = NEW.seq - 1 AND hash = NEW.previous_hash);
  SELECT RAISE(ABORT, 'entry: the one before lacks postings') WHERE EXISTS (
    SELECT 1 FROM entry AS before WHERE before.seq = NEW.seq - 1 AND before.posting_count > 0
      AND NOT EXISTS (SELECT 1 FROM posting
        WHERE entry_id = before.id AND line_no = before.posting_count - 1));
END

CREATE TRIGGER entry_heads AFTER INSERT ON entry BEGIN
  UPDATE chain_head SET seq = NEW.seq, hash = NEW.hash;
END

CREATE TRIGGER chain_head_moves BEFORE UPDATE ON chain_head BEGIN
  SELECT RAISE(ABORT, 'chain_head: moves to the next entry only') WHERE NOT EXISTS (
    SELECT 1 FROM entry WHERE NEW.id = OLD.id AND NEW.seq = OLD.seq + 1 AND seq = NEW.seq
      AND hash = NEW.hash AND previous_hash = OLD.hash);
END

CREATE TRIGGER chain_head_no_delete BEFORE DELETE ON chain_head BEGIN
  SELECT RAISE(ABORT, 'chain_head: stays');
END

CREATE TRIGGER chain_head_no_insert BEFORE INSERT ON chain_head BEGIN
  SELECT RAISE(ABORT, 'chain_head: there is one');
END

CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting BEGIN
  SELECT RAISE(ABORT, 'posting: only added to');
END

CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting BEGIN
  SELECT RAISE(ABORT, 'posting: only added to');
END

CREATE TRIGGER posting_fits BEFORE INSERT ON posting BEGIN
  SELECT RAISE(ABORT, 'posting: already there') WHERE EXISTS (
    SELECT 1 FROM posting WHERE id = NEW.id OR (entry_id = NEW.entry_id AND line_no = NEW.line_no));
  SELECT RAISE(ABORT, 'posting: no line of the newest entry') WHERE NOT EXISTS (
    SELECT 1 FROM entry JOIN chain_head ON chain_head.seq = entry.seq
      WHERE entry.id = NEW.entry_id AND NEW.line_no >= 0 AND NEW.line_no < entry.posting_count);
  SELECT RAISE(ABORT, 'posting: units differ, or money without an item') WHERE NOT EXISTS (
    SELECT 1 FROM account AS source JOIN account AS target ON target.id = NEW.target_id
      WHERE source.id = NEW.source_id AND source.unit = target.unit
        AND (source.unit = 'fen') = (NEW.item_id IS NOT NULL));
END

CREATE TRIGGER posting_moves AFTER INSERT ON posting
WHEN NEW.line_no = (SELECT posting_count - 1 FROM entry WHERE id = NEW.entry_id) BEGIN
  SELECT RAISE(ABORT, 'posting: lines are missing') WHERE NEW.line_no + 1 <> (
    SELECT count(*) FROM posting WHERE entry_id = NEW.entry_id);
  UPDATE account SET balance = balance + moved.change FROM (
    SELECT account_id, sum(change) AS change FROM (
      SELECT target_id AS account_id, amount AS change FROM posting WHERE entry_id = NEW.entry_id
      UNION ALL
      SELECT source_id, -amount FROM posting WHERE entry_id = NEW.entry_id
    ) GROUP BY account_id) AS moved
    WHERE account.id = moved.account_id;
  INSERT OR IGNORE INTO item_stage (item_id, stage, balance)
    SELECT DISTINCT posting.item_id, account.stage, 0 FROM posting
      JOIN account ON account.id IN (posting.target_id, posting.source_id)
      WHERE posting.entry_id = NEW.entry_id AND posting.item_id IS NOT NULL AND NOT account.is_source;
  UPDATE item_stage SET balance = balance + moved.change FROM (
    SELECT item_id, stage, sum(change) AS change FROM (
      SELECT posting.item_id, account.stage, posting.amount AS change FROM posting
        JOIN account ON account.id = posting.target_id
        WHERE posting.entry_id = NEW.entry_id AND posting.item_id IS NOT NULL
      UNION ALL
      SELECT posting.item_id, account.stage, -posting.amount FROM posting
        JOIN account ON account.id = posting.source_id
        WHERE posting.entry_id = NEW.entry_id AND posting.item_id IS NOT NULL
    ) GROUP BY item_id, stage) AS moved
    WHERE item_stage.item_id = moved.item_id AND item_stage.stage = moved.stage;
END

CREATE TRIGGER account_opens BEFORE INSERT ON account BEGIN
  SELECT RAISE(ABORT, 'account: already there') WHERE EXISTS (
    SELECT 1 FROM account WHERE id = NEW.id
      OR (unit = NEW.unit AND stage = NEW.stage AND owner = NEW.owner));
  SELECT RAISE(ABORT, 'account: opens empty') WHERE NEW.balance <> 0;
END

CREATE TRIGGER account_stays BEFORE UPDATE OF id, unit, stage, owner, is_source ON account BEGIN
  SELECT RAISE(ABORT, 'account: only its balance changes');
END

CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN
  SELECT RAISE(ABORT, 'account: stays');
END

CREATE TRIGGER item_no_update BEFORE UPDATE ON item BEGIN
  SELECT RAISE(ABORT, 'item: only added to');
END

CREATE TRIGGER item_no_delete BEFORE DELETE ON item BEGIN
  SELECT RAISE(ABORT, 'item: only added to');
END

CREATE TRIGGER item_no_replace BEFORE INSERT ON item BEGIN
  SELECT RAISE(ABORT, 'item: already there') WHERE EXISTS (
    SELECT 1 FROM item WHERE id = NEW.id OR code = NEW.code);
END

CREATE TRIGGER assessment_no_update BEFORE UPDATE ON assessment BEGIN
  SELECT RAISE(ABORT, 'assessment: only added to');
END

CREATE TRIGGER assessment_no_delete BEFORE DELETE ON assessment BEGIN
  SELECT RAISE(ABORT, 'assessment: only added to');
END

CREATE TRIGGER assessment_no_replace BEFORE INSERT ON assessment BEGIN
  SELECT RAISE(ABORT, 'assessment: already there') WHERE EXISTS (
    SELECT 1 FROM assessment WHERE id = NEW.id);
END

CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN
  SELECT RAISE(ABORT, 'decision: only added to');
END

CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN
  SELECT RAISE(ABORT, 'decision: only added to');
END

CREATE TRIGGER decision_checks BEFORE INSERT ON decision BEGIN
  SELECT RAISE(ABORT, 'decision: already there') WHERE EXISTS (
    SELECT 1 FROM decision WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'decision: its entry is not there') WHERE NOT EXISTS (
    SELECT 1 FROM entry WHERE seq = NEW.seq);
  SELECT RAISE(ABORT, 'decision: two people are shown the same') WHERE NEW.maker_decision_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM decision AS made WHERE made.id = NEW.maker_decision_id
      AND made.user_id = NEW.maker_id AND made.user_id <> NEW.user_id
      AND made.subject_kind = NEW.subject_kind AND made.subject_id = NEW.subject_id
      AND made.shown_sha256 = NEW.shown_sha256);
END

CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN
  SELECT RAISE(ABORT, 'audit_event: only added to');
END

CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN
  SELECT RAISE(ABORT, 'audit_event: only added to');
END

CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event BEGIN
  SELECT RAISE(ABORT, 'audit_event: already there') WHERE EXISTS (
    SELECT 1 FROM audit_event
      WHERE id = NEW.id OR hash = NEW.hash OR previous_hash = NEW.previous_hash);
  SELECT RAISE(ABORT, 'audit_event: does not follow the newest') WHERE NEW.previous_hash <> coalesce(
    (SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1),
    '0000000000000000000000000000000000000000000000000000000000000000');
END

CREATE TRIGGER claim_key_releases BEFORE UPDATE ON claim_key BEGIN
  SELECT RAISE(ABORT, 'claim_key: is only released, once, by an entry') WHERE NOT (
    NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.claim = OLD.claim
    AND NEW.shipment_id = OLD.shipment_id AND OLD.released_seq IS NULL
    AND EXISTS (SELECT 1 FROM entry WHERE seq = NEW.released_seq));
END

CREATE TRIGGER claim_key_no_delete BEFORE DELETE ON claim_key BEGIN
  SELECT RAISE(ABORT, 'claim_key: stays');
END

CREATE TRIGGER claim_key_no_replace BEFORE INSERT ON claim_key BEGIN
  SELECT RAISE(ABORT, 'claim_key: already there') WHERE EXISTS (
    SELECT 1 FROM claim_key WHERE id = NEW.id
      OR (kind = NEW.kind AND claim = NEW.claim AND released_seq IS NULL));
END

CREATE TRIGGER method_insert_apart BEFORE INSERT ON method
WHEN NEW.state = 'recorded' BEGIN
  SELECT RAISE(ABORT, 'method: two recorded versions on one day') WHERE EXISTS (
    SELECT 1 FROM method WHERE league_id = NEW.league_id AND programme_id = NEW.programme_id
      AND state = 'recorded' AND id <> NEW.id
      AND valid_from <= coalesce(NEW.valid_to, '9999-12-31')
      AND NEW.valid_from <= coalesce(valid_to, '9999-12-31'));
END

CREATE TRIGGER method_update_apart BEFORE UPDATE ON method
WHEN NEW.state = 'recorded' BEGIN
  SELECT RAISE(ABORT, 'method: two recorded versions on one day') WHERE EXISTS (
    SELECT 1 FROM method WHERE league_id = NEW.league_id AND programme_id = NEW.programme_id
      AND state = 'recorded' AND id <> OLD.id
      AND valid_from <= coalesce(NEW.valid_to, '9999-12-31')
      AND NEW.valid_from <= coalesce(valid_to, '9999-12-31'));
END

CREATE TRIGGER method_stays BEFORE UPDATE ON method
WHEN OLD.state IN ('recorded', 'superseded') BEGIN
  SELECT RAISE(ABORT, 'method: what was recorded stays') WHERE NOT (
    NEW.id = OLD.id AND NEW.league_id = OLD.league_id AND NEW.programme_id = OLD.programme_id
    AND NEW.version_no = OLD.version_no AND NEW.title = OLD.title
    AND NEW.document_no = OLD.document_no AND NEW.issued_on = OLD.issued_on
    AND NEW.valid_from = OLD.valid_from AND NEW.rule_id = OLD.rule_id
    AND NEW.rule_sha256 = OLD.rule_sha256 AND NEW.params = OLD.params
    AND NEW.is_sample = OLD.is_sample);
END

CREATE TRIGGER method_no_delete BEFORE DELETE ON method
WHEN OLD.state IN ('recorded', 'superseded') BEGIN
  SELECT RAISE(ABORT, 'method: what was recorded stays');
END
