,
-- For who prepares all of them; others would see less, and are not asked for.
a AS MATERIALIZED (
  SELECT a.id, a.title_zh, a.title_en, a.starts_at FROM activity a
  WHERE (a.starts_at, a.id) > ($3::text::timestamptz, $4::uuid) AND (SELECT ids FROM own) IS NULL
  ORDER BY a.starts_at, a.id LIMIT 20
),
sector AS MATERIALIZED (
  SELECT b.id, '{"sector":{"name":' || to_json(coalesce(nullif(b.name_zh, ''), b.name_en))::text || '}}' AS j
  FROM body b WHERE b.kind = 'sector'
)
SELECT '{"data":{"activities":{"edges":[' || coalesce((
  SELECT string_agg(
    '{"node":{"id":"act_' || a.id || '","title":' || to_json(coalesce(nullif(a.title_zh, ''), a.title_en))::text
    || ',"startsAt":' || to_json(a.starts_at)::text || ',"participations":[' || coalesce(rows.j, '') || ']}}',
    ',' ORDER BY a.starts_at, a.id
  )
  FROM a LEFT JOIN (
    SELECT activity_id, string_agg(
      '{"role":"' || upper(role) || '","rsvp":"' || upper(rsvp) || '","attendances":[' || coalesce(seen, '')
      || '],"person":{"name":' || to_json(coalesce(nullif(name_zh, ''), name_en))::text
      || ',"memberships":[' || coalesce(seats, '') || ']}}', ','
    ) AS j
    FROM (
      SELECT p.activity_id, p.role, p.rsvp, w.name_zh, w.name_en, t.seen, s.seats
      FROM participation p
      JOIN person w ON w.id = p.person_id AND w.merged_into_id IS NULL
      LEFT JOIN (
        SELECT t.participation_id, string_agg('{"presence":"' || upper(t.presence) || '"}', ',' ORDER BY t.id) AS seen
        FROM participation p JOIN attendance t ON t.participation_id = p.id
        WHERE p.activity_id = ANY (ARRAY(SELECT id FROM a)) GROUP BY t.participation_id
      ) t ON t.participation_id = p.id
      LEFT JOIN (
        SELECT m.person_id, string_agg(
          '{"no":' || to_json(m.no)::text || ',"post":'
          || CASE WHEN o.id IS NULL THEN 'null' ELSE coalesce(c.j, '{"sector":null}') END || '}', ',' ORDER BY e.code, m.id
        ) AS seats
        FROM membership m JOIN term e ON e.id = m.term_id
        LEFT JOIN membership_post o ON o.membership_id = m.id AND o.voided_at IS NULL
          AND (o.starts_on IS NULL OR o.starts_on <= $2) AND (o.ends_on IS NULL OR o.ends_on > $2)
        LEFT JOIN sector c ON c.id = o.sector_id
        WHERE m.person_id = ANY (ARRAY(SELECT person_id FROM participation WHERE activity_id = ANY (ARRAY(SELECT id FROM a))))
        GROUP BY m.person_id
      ) s ON s.person_id = p.person_id
      WHERE p.activity_id = ANY (ARRAY(SELECT id FROM a))
      ORDER BY p.activity_id, w.sort_pinyin, p.id
    ) found
    GROUP BY activity_id
  ) rows ON rows.activity_id = a.id
), '') || ']}}}'
FROM asker
