-- Q5 for the limit and for the peer: one look at a page of an opening, decided, and recorded as the product does it:
-- how far its reader came, and an entry at the end of the audit chain. Each call is a transaction of its own.
-- All in PL/pgSQL, which keeps its plans; functions in SQL would be planned at each call.
CREATE FUNCTION bench_may_read(who uuid, paper uuid, day date) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN (
  WITH d AS (SELECT * FROM document WHERE id = paper),
  place AS (
    SELECT p.body_id, p.role FROM body_membership p JOIN body b ON b.id = p.body_id AND (b.ends_on IS NULL OR b.ends_on > day)
    WHERE p.person_id = who AND p.voided_at IS NULL
      AND (p.starts_on IS NULL OR p.starts_on <= day) AND (p.ends_on IS NULL OR p.ends_on > day)
  ),
  seat AS (
    SELECT m.id, m.term_id FROM membership m JOIN term t ON t.id = m.term_id AND t.status <> 'draft'
    JOIN membership_status s ON s.membership_id = m.id AND s.status = 'active' AND s.voided_at IS NULL
      AND (s.starts_on IS NULL OR s.starts_on <= day) AND (s.ends_on IS NULL OR s.ends_on > day)
    WHERE m.person_id = who
  ),
  mine AS MATERIALIZED (
    SELECT g.* FROM (
      SELECT * FROM access_grant WHERE document_id = paper
      UNION ALL
      SELECT g.* FROM d JOIN folder_path f ON f.folder_id = d.folder_id JOIN access_grant g ON g.folder_id = f.above_id
    ) g
    WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now() AND (
      g.person_id = who
      OR g.body_id IN (SELECT body_id FROM place WHERE g.body_role IS NULL OR g.body_role = place.role)
      OR g.body_role IS NULL AND g.body_id IN (
        SELECT o.sector_id FROM seat JOIN membership_post o ON o.membership_id = seat.id AND o.voided_at IS NULL
          AND (o.starts_on IS NULL OR o.starts_on <= day) AND (o.ends_on IS NULL OR o.ends_on > day)
      )
      OR g.term_id IN (SELECT term_id FROM seat)
      OR g.activity_id IN (
        SELECT v.id FROM participation p JOIN activity v ON v.id = p.activity_id AND v.state <> 'cancelled'
        WHERE p.person_id = who AND p.invited_at IS NOT NULL AND p.rsvp <> 'no'
      )
    )
  ),
  gives AS (
    SELECT mine.* FROM mine, d
    WHERE effect = 'allow' AND act IN ('read', 'download') AND (d.level <> 'work_sensitive' OR second_id IS NOT NULL)
  ),
  shuts AS (SELECT person_id FROM mine WHERE effect = 'deny' AND act IN ('see', 'read'))
  SELECT d.state = 'available' AND (d.available_from IS NULL OR d.available_from <= now())
    AND (d.expires_at IS NULL OR d.expires_at > now())
    AND NOT EXISTS (SELECT FROM shuts WHERE person_id IS NOT NULL)
    AND (NOT EXISTS (SELECT FROM shuts) OR EXISTS (SELECT FROM gives WHERE overrides AND person_id IS NOT NULL))
    AND (d.level = 'public' OR (
      EXISTS (SELECT FROM gives WHERE max_opens IS NULL OR id NOT IN (
        SELECT grant_id FROM grant_use WHERE person_id = who AND "left" <= 0
      ))
      AND (d.agreement_id IS NULL OR EXISTS (
        SELECT FROM agreement_acceptance a WHERE a.agreement_id = d.agreement_id AND a.person_id = who
      ))
      AND (d.read_mode <> 'room_only' OR EXISTS (
        SELECT FROM booking b JOIN reading_slot s ON s.id = b.slot_id AND s.cancelled_at IS NULL
          AND s.starts_at <= now() AND s.ends_at > now()
        WHERE b.document_id = d.id AND b.person_id = who AND b.state = 'checked_in'
      ))
    ))
  FROM d
); END $$;

CREATE FUNCTION bench_with_page(seen text, page int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE part text;
BEGIN
  FOREACH part IN ARRAY string_to_array(seen, ',') LOOP
    IF page BETWEEN split_part(part, '-', 1)::int AND split_part('-' || part, '-', -1)::int THEN RETURN seen; END IF;
  END LOOP;
  RETURN (
    SELECT string_agg(CASE WHEN first = last THEN first::text ELSE first || '-' || last END, ',' ORDER BY first) FROM (
      SELECT min(n) AS first, max(n) AS last FROM (
        SELECT n, n - row_number() OVER (ORDER BY n) AS island FROM (
          SELECT generate_series(split_part(one, '-', 1)::int, split_part('-' || one, '-', -1)::int) AS n
          FROM unnest(string_to_array(seen, ',')) one UNION SELECT page
        ) pages
      ) numbered GROUP BY island
    ) spans
  );
END $$;

CREATE FUNCTION bench_pages(seen text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE part text; pages int := 0;
BEGIN
  FOREACH part IN ARRAY string_to_array(seen, ',') LOOP
    pages := pages + split_part('-' || part, '-', -1)::int - split_part(part, '-', 1)::int + 1;
  END LOOP;
  RETURN pages;
END $$;

CREATE FUNCTION bench_record(client uuid, account uuid, who uuid, day date, opening uuid, page int) RETURNS int
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  o record; far record; last record; shown text; passed int; finished timestamptz; at timestamptz := now();
  salt text := replace(gen_random_uuid()::text, '-', ''); payload text; digest text; linked text;
BEGIN
  SELECT s.id, s.number, s.document_id, s.version_id, v.n, v.pages INTO o
  FROM reading_session s JOIN document_version v ON v.id = s.version_id AND v.current
  WHERE s.id = opening AND s.account_id = account AND s.closed_at IS NULL AND page BETWEEN 1 AND v.pages;
  IF o.id IS NULL OR NOT bench_may_read(who, o.document_id, day) THEN RETURN NULL; END IF;
  payload := '{"number":"' || o.number || '","page":' || page || ',"version":' || o.n || '}';
  digest := encode(sha256(convert_to(salt || ':' || payload, 'UTF8')), 'hex');
  PERFORM pg_advisory_xact_lock(465827424363);

  SELECT s.seen, s.last_seen_at INTO far FROM reading_session s WHERE s.id = opening;
  shown := bench_with_page(far.seen, page);
  passed := floor(extract(epoch FROM at - far.last_seen_at));
  IF passed NOT BETWEEN 1 AND 60 THEN passed := 0; END IF;
  UPDATE reading_session SET seen = shown, pages = bench_pages(shown), seconds = seconds + passed,
    last_seen_at = greatest(far.last_seen_at, at)
  WHERE id = opening;

  SELECT p.id, p.version_id, p.pages, p.finished_at INTO far
  FROM reading_progress p WHERE p.document_id = o.document_id AND p.person_id = who;
  shown := bench_with_page(CASE WHEN far.version_id = o.version_id THEN far.pages ELSE '' END, page);
  finished := CASE WHEN far.version_id = o.version_id THEN far.finished_at END;
  IF finished IS NULL AND bench_pages(shown) >= o.pages THEN finished := at; END IF;
  IF far.id IS NULL THEN
    INSERT INTO reading_progress (id, document_id, person_id, version_id, pages, pages_seen, last_page, finished_at, opens,
      seconds, refused)
    VALUES (gen_random_uuid(), o.document_id, who, o.version_id, shown, bench_pages(shown), page, finished, 0, passed, 0);
  ELSE
    UPDATE reading_progress SET version_id = o.version_id, pages = shown, pages_seen = bench_pages(shown),
      last_page = page, finished_at = finished, seconds = seconds + passed
    WHERE id = far.id;
  END IF;

  SELECT e.serial, e.hash INTO last FROM audit_entry e ORDER BY e.serial DESC LIMIT 1;
  linked := '{"action":"reading.page","actor":"tok_' || client || '","at":"'
    || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') || '","digest":"' || digest
    || '","object":"doc_' || o.document_id || '","on_behalf_of":"acc_' || account || '","prev_hash":"' || last.hash
    || '","request_id":"","serial":' || last.serial + 1 || '}';
  INSERT INTO audit_entry (serial, at, actor, on_behalf_of, action, object, payload, salt, digest, request_id, prev_hash, hash)
  VALUES (last.serial + 1, at, 'tok_' || client, 'acc_' || account, 'reading.page', 'doc_' || o.document_id, payload, salt,
    digest, '', last.hash, encode(sha256(convert_to(linked, 'UTF8')), 'hex'));
  RETURN page;
END $$;
