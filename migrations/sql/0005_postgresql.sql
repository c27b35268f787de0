-- What PostgreSQL itself refuses and keeps. Statements stand apart by an empty line.
-- ENABLE ALWAYS: also while a replica's or a restore's session switches ordinary triggers off.

CREATE FUNCTION tracker_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: only added to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$

CREATE FUNCTION tracker_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head chain_head;
BEGIN
  SELECT * INTO STRICT head FROM chain_head WHERE id = 1 FOR UPDATE;
  IF NEW.seq <> head.seq + 1 OR NEW.previous_hash <> head.hash THEN
    RAISE EXCEPTION 'entry: does not follow the head' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM entry AS before WHERE before.seq = head.seq AND before.posting_count > 0
      AND NOT EXISTS (SELECT 1 FROM posting
        WHERE entry_id = before.id AND line_no = before.posting_count - 1)) THEN
    RAISE EXCEPTION 'entry: the one before lacks postings'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_entry_heads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE chain_head SET seq = NEW.seq, hash = NEW.hash WHERE id = 1;
  RETURN NULL;
END $$

CREATE FUNCTION tracker_chain_head_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM entry WHERE NEW.id = OLD.id AND NEW.seq = OLD.seq + 1
      AND seq = NEW.seq AND hash = NEW.hash AND previous_hash = OLD.hash) THEN
    RAISE EXCEPTION 'chain_head: moves to the next entry only'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_posting_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE newest entry;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM fresh) THEN
    RETURN NULL;
  END IF;
  SELECT entry.* INTO STRICT newest FROM entry JOIN chain_head ON chain_head.seq = entry.seq;
  IF EXISTS (SELECT 1 FROM fresh WHERE entry_id <> newest.id OR line_no < 0
      OR line_no >= newest.posting_count) THEN
    RAISE EXCEPTION 'posting: no line of the newest entry'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM fresh JOIN account AS source ON source.id = fresh.source_id
      JOIN account AS target ON target.id = fresh.target_id
      WHERE source.unit <> target.unit OR (source.unit = 'fen') <> (fresh.item_id IS NOT NULL)) THEN
    RAISE EXCEPTION 'posting: units differ, or money without an item'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM fresh WHERE line_no = newest.posting_count - 1) THEN
    RETURN NULL;
  END IF;
  IF newest.posting_count <> (SELECT count(*) FROM posting WHERE entry_id = newest.id) THEN
    RAISE EXCEPTION 'posting: lines are missing' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE account SET balance = balance + moved.change FROM (
    SELECT account_id, sum(change) AS change FROM (
      SELECT target_id AS account_id, amount AS change FROM posting WHERE entry_id = newest.id
      UNION ALL
      SELECT source_id, -amount FROM posting WHERE entry_id = newest.id
    ) AS changes GROUP BY account_id) AS moved
    WHERE account.id = moved.account_id;
  INSERT INTO item_stage (item_id, stage, balance)
    SELECT DISTINCT posting.item_id, account.stage, 0 FROM posting
      JOIN account ON account.id IN (posting.target_id, posting.source_id)
      WHERE posting.entry_id = newest.id AND posting.item_id IS NOT NULL AND NOT account.is_source
    ON CONFLICT DO NOTHING;
  UPDATE item_stage SET balance = balance + moved.change FROM (
    SELECT item_id, stage, sum(change) AS change FROM (
      SELECT posting.item_id, account.stage, posting.amount AS change FROM posting
        JOIN account ON account.id = posting.target_id
        WHERE posting.entry_id = newest.id AND posting.item_id IS NOT NULL
      UNION ALL
      SELECT posting.item_id, account.stage, -posting.amount FROM posting
        JOIN account ON account.id = posting.source_id
        WHERE posting.entry_id = newest.id AND posting.item_id IS NOT NULL
    ) AS changes GROUP BY item_id, stage) AS moved
    WHERE item_stage.item_id = moved.item_id AND item_stage.stage = moved.stage;
  RETURN NULL;
END $$

CREATE FUNCTION tracker_account_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.balance <> 0 THEN
    RAISE EXCEPTION 'account: opens empty' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.unit, NEW.stage, NEW.owner, NEW.is_source)
      IS DISTINCT FROM (OLD.id, OLD.unit, OLD.stage, OLD.owner, OLD.is_source) THEN
    RAISE EXCEPTION 'account: only its balance changes'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_decision_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM entry WHERE seq = NEW.seq) THEN
    RAISE EXCEPTION 'decision: its entry is not there'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.maker_decision_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM decision AS made WHERE made.id = NEW.maker_decision_id
        AND made.user_id = NEW.maker_id AND made.user_id <> NEW.user_id
        AND made.subject_kind = NEW.subject_kind AND made.subject_id = NEW.subject_id
        AND made.shown_sha256 = NEW.shown_sha256) THEN
    RAISE EXCEPTION 'decision: two people are shown the same'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_audit_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.previous_hash <> coalesce(
      (SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1), repeat('0', 64)) THEN
    RAISE EXCEPTION 'audit_event: does not follow the newest'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_claim_key_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.kind, NEW.claim, NEW.shipment_id)
      IS DISTINCT FROM (OLD.id, OLD.kind, OLD.claim, OLD.shipment_id)
      OR OLD.released_seq IS NOT NULL
      OR NOT EXISTS (SELECT 1 FROM entry WHERE seq = NEW.released_seq) THEN
    RAISE EXCEPTION 'claim_key: is only released, once, by an entry'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION tracker_method_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.id, NEW.league_id, NEW.programme_id, NEW.version_no, NEW.title,
        NEW.document_no, NEW.issued_on, NEW.valid_from, NEW.rule_id, NEW.rule_sha256, NEW.params,
        NEW.is_sample)
      IS DISTINCT FROM (OLD.id, OLD.league_id, OLD.programme_id, OLD.version_no, OLD.title,
        OLD.document_no, OLD.issued_on, OLD.valid_from, OLD.rule_id, OLD.rule_sha256, OLD.params,
        OLD.is_sample) THEN
    RAISE EXCEPTION 'method: what was recorded stays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER entry_follows BEFORE INSERT ON entry
  FOR EACH ROW EXECUTE FUNCTION tracker_entry_follows()

CREATE TRIGGER entry_heads AFTER INSERT ON entry
  FOR EACH ROW EXECUTE FUNCTION tracker_entry_heads()

CREATE TRIGGER chain_head_moves BEFORE UPDATE ON chain_head
  FOR EACH ROW EXECUTE FUNCTION tracker_chain_head_moves()

CREATE TRIGGER chain_head_stays BEFORE INSERT OR DELETE OR TRUNCATE ON chain_head
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER posting_moves AFTER INSERT ON posting REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_posting_moves()

CREATE TRIGGER account_opens BEFORE INSERT ON account
  FOR EACH ROW EXECUTE FUNCTION tracker_account_opens()

CREATE TRIGGER account_stays BEFORE UPDATE ON account
  FOR EACH ROW EXECUTE FUNCTION tracker_account_stays()

CREATE TRIGGER account_no_delete BEFORE DELETE OR TRUNCATE ON account
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER decision_checks BEFORE INSERT ON decision
  FOR EACH ROW EXECUTE FUNCTION tracker_decision_checks()

CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event
  FOR EACH ROW EXECUTE FUNCTION tracker_audit_event_follows()

CREATE TRIGGER claim_key_releases BEFORE UPDATE ON claim_key
  FOR EACH ROW EXECUTE FUNCTION tracker_claim_key_releases()

CREATE TRIGGER claim_key_no_delete BEFORE DELETE OR TRUNCATE ON claim_key
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER method_stays BEFORE UPDATE OR DELETE ON method
  FOR EACH ROW WHEN (OLD.state IN ('recorded', 'superseded'))
  EXECUTE FUNCTION tracker_method_stays()

CREATE TRIGGER method_no_truncate BEFORE TRUNCATE ON method
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER entry_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER posting_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER item_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON item
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER assessment_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON assessment
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER decision_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

CREATE TRIGGER audit_event_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()

DO $$
DECLARE row record;
BEGIN
  FOR row IN SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
      WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', row.relname, row.tgname);
  END LOOP;
END $$

ALTER TABLE method ADD CONSTRAINT ex_method_recorded EXCLUDE USING gist (
  int8range(league_id, league_id, '[]') WITH &&,
  int8range(programme_id, programme_id, '[]') WITH &&,
  daterange(valid_from, valid_to, '[]') WITH &&) WHERE (state = 'recorded')
