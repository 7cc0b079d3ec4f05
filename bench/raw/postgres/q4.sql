,
place AS MATERIALIZED (
  SELECT p.body_id, p.role FROM asker
  JOIN body_membership p ON p.person_id = asker.person AND p.voided_at IS NULL
    AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
  JOIN body b ON b.id = p.body_id AND (b.ends_on IS NULL OR b.ends_on > $2)
),
seat AS MATERIALIZED (
  SELECT m.id, m.term_id FROM asker
  JOIN membership m ON m.person_id = asker.person
  JOIN term t ON t.id = m.term_id AND t.status <> 'draft'
  JOIN membership_status s ON s.membership_id = m.id AND s.status = 'active' AND s.voided_at IS NULL
    AND (s.starts_on IS NULL OR s.starts_on <= $2) AND (s.ends_on IS NULL OR s.ends_on > $2)
),
-- Every grant that reaches who asks and holds now, each way by its own index.
mine AS MATERIALIZED (
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM asker JOIN access_grant g ON g.person_id = asker.person
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM place JOIN access_grant g ON g.body_id = place.body_id AND (g.body_role IS NULL OR g.body_role = place.role)
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM seat JOIN membership_post o ON o.membership_id = seat.id AND o.voided_at IS NULL
    AND (o.starts_on IS NULL OR o.starts_on <= $2) AND (o.ends_on IS NULL OR o.ends_on > $2)
  JOIN access_grant g ON g.body_id = o.sector_id AND g.body_role IS NULL
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM seat JOIN access_grant g ON g.term_id = seat.term_id
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM asker JOIN participation p ON p.person_id = asker.person AND p.invited_at IS NOT NULL AND p.rsvp <> 'no'
  JOIN activity v ON v.id = p.activity_id AND v.state <> 'cancelled' JOIN access_grant g ON g.activity_id = v.id
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
),
-- Those by which it is allowed; few are on folders: what lies below is looked for once.
gives AS MATERIALIZED (
  SELECT document_id, folder_id, second_id FROM mine
  WHERE effect = 'allow' AND act IN ('read', 'download') AND (max_opens IS NULL OR id NOT IN (
    SELECT grant_id FROM grant_use WHERE person_id = (SELECT person FROM asker) AND "left" <= 0
  ))
),
shuts AS MATERIALIZED (
  SELECT document_id, folder_id, person_id FROM mine WHERE effect = 'deny' AND act IN ('see', 'read')
),
lifts AS MATERIALIZED (
  SELECT document_id, folder_id, second_id FROM mine
  WHERE effect = 'allow' AND act IN ('read', 'download') AND overrides AND person_id IS NOT NULL
),
below AS MATERIALIZED (
  SELECT
    ARRAY(SELECT f.folder_id FROM gives g JOIN folder_path f ON f.above_id = g.folder_id) AS given,
    ARRAY(SELECT f.folder_id FROM gives g JOIN folder_path f ON f.above_id = g.folder_id WHERE second_id IS NOT NULL) AS twice,
    ARRAY(SELECT f.folder_id FROM shuts g JOIN folder_path f ON f.above_id = g.folder_id WHERE person_id IS NOT NULL) AS shut,
    ARRAY(SELECT f.folder_id FROM shuts g JOIN folder_path f ON f.above_id = g.folder_id WHERE person_id IS NULL) AS shut_to_group,
    ARRAY(SELECT f.folder_id FROM lifts g JOIN folder_path f ON f.above_id = g.folder_id) AS lifted,
    ARRAY(SELECT f.folder_id FROM lifts g JOIN folder_path f ON f.above_id = g.folder_id WHERE second_id IS NOT NULL) AS lifted_twice
),
d AS MATERIALIZED (
  SELECT d.id, d.no, d.title_zh, d.title_en, d.level, d.created_at, d.expires_at
  FROM document d
  WHERE d.created_at <= $3::text::timestamptz AND (d.created_at < $3::text::timestamptz OR d.id > $4::uuid)
    AND d.state = 'available' AND (d.available_from IS NULL OR d.available_from <= now())
    AND (d.expires_at IS NULL OR d.expires_at > now())
    AND (d.level = 'public' OR (
      CASE WHEN d.level = 'work_sensitive' THEN
        d.id IN (SELECT document_id FROM gives WHERE document_id IS NOT NULL AND second_id IS NOT NULL)
        OR d.folder_id = ANY ((SELECT twice FROM below)::uuid[])
      ELSE
        d.id IN (SELECT document_id FROM gives WHERE document_id IS NOT NULL)
        OR d.folder_id = ANY ((SELECT given FROM below)::uuid[])
      END
      AND (d.agreement_id IS NULL OR d.agreement_id IN (
        SELECT agreement_id FROM agreement_acceptance WHERE person_id = (SELECT person FROM asker)
      ))
      AND (d.read_mode <> 'room_only' OR d.id IN (
        SELECT b.document_id FROM booking b JOIN reading_slot s ON s.id = b.slot_id AND s.cancelled_at IS NULL
          AND s.starts_at <= now() AND s.ends_at > now()
        WHERE b.person_id = (SELECT person FROM asker) AND b.state = 'checked_in'
      ))
    ))
    AND d.id NOT IN (SELECT document_id FROM shuts WHERE document_id IS NOT NULL AND person_id IS NOT NULL)
    AND d.folder_id <> ALL ((SELECT shut FROM below)::uuid[])
    AND (
      d.id NOT IN (SELECT document_id FROM shuts WHERE document_id IS NOT NULL AND person_id IS NULL)
        AND d.folder_id <> ALL ((SELECT shut_to_group FROM below)::uuid[])
      OR d.id IN (
        SELECT document_id FROM lifts WHERE document_id IS NOT NULL AND (second_id IS NOT NULL OR d.level <> 'work_sensitive')
      )
      OR d.folder_id = ANY ((SELECT lifted_twice FROM below)::uuid[])
      OR d.level <> 'work_sensitive' AND d.folder_id = ANY ((SELECT lifted FROM below)::uuid[])
    )
  ORDER BY d.created_at DESC, d.id LIMIT 50
)
SELECT '{"data":{"documents":{"edges":[' || coalesce((
  SELECT string_agg(
    '{"node":{"id":"doc_' || d.id || '","no":' || to_json(d.no)::text || ',"title":'
    || to_json(coalesce(nullif(d.title_zh, ''), d.title_en))::text || ',"level":"' || upper(d.level)
    || '","createdAt":' || to_json(d.created_at)::text || ',"expiresAt":' || coalesce(to_json(d.expires_at)::text, 'null')
    || ',"progress":[' || coalesce('{"lastPage":' || r.last_page || ',"lastOpenedAt":'
      || coalesce(to_json(r.last_opened_at)::text, 'null') || ',"finishedAt":'
      || coalesce(to_json(r.finished_at)::text, 'null') || '}', '') || ']}}',
    ',' ORDER BY d.created_at DESC, d.id
  )
  FROM d LEFT JOIN reading_progress r ON r.document_id = d.id AND r.person_id = (SELECT person FROM asker)
), '') || ']}}}'
FROM asker
