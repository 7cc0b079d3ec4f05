,
g AS MATERIALIZED (
  SELECT b.id, b.sort, b.name_zh, b.name_en FROM body b
  WHERE b.kind = 'learning_group' AND (b.sort, b.id) > ($3, $4)
    AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
  ORDER BY b.sort, b.id LIMIT 20
),
sector AS MATERIALIZED (
  SELECT b.id, '{"sector":{"name":' || to_json(coalesce(nullif(b.name_zh, ''), b.name_en))::text || '}}' AS j
  FROM body b
  WHERE b.kind = 'sector' AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
)
SELECT '{"data":{"bodies":{"edges":[' || coalesce((
  SELECT string_agg(
    '{"node":{"id":"bod_' || g.id || '","name":' || to_json(coalesce(nullif(g.name_zh, ''), g.name_en))::text
    || ',"history":[' || coalesce(rows.j, '') || ']}}', ',' ORDER BY g.sort, g.id
  )
  FROM g LEFT JOIN (
    SELECT body_id, string_agg(
      '{"role":"' || upper(role) || '","startsOn":' || coalesce('"' || starts_on || '"', 'null') || ',"person":'
      || CASE WHEN merged THEN 'null'
        ELSE '{"name":' || to_json(coalesce(nullif(name_zh, ''), name_en))::text || '}' END
      || ',"membership":' || CASE WHEN seat IS NULL THEN 'null'
        ELSE '{"no":' || to_json(no)::text || ',"post":' || CASE WHEN post IS NULL THEN 'null'
          ELSE coalesce(sector, '{"sector":null}') END || '}' END
      || '}', ','
    ) AS j
    FROM (
      SELECT p.body_id, p.role, p.starts_on, w.merged_into_id IS NOT NULL AS merged, w.name_zh, w.name_en,
        m.id AS seat, m.no, o.id AS post, s.j AS sector
      FROM body_membership p
      JOIN person w ON w.id = p.person_id
      LEFT JOIN membership m ON m.id = p.membership_id
      LEFT JOIN membership_post o ON o.membership_id = m.id AND o.voided_at IS NULL
        AND (o.starts_on IS NULL OR o.starts_on <= $2) AND (o.ends_on IS NULL OR o.ends_on > $2)
      LEFT JOIN sector s ON s.id = o.sector_id
      WHERE p.body_id = ANY (ARRAY(SELECT id FROM g)) AND p.voided_at IS NULL
      ORDER BY p.body_id, p.starts_on NULLS FIRST, w.sort_pinyin, p.id
    ) found
    GROUP BY body_id
  ) rows ON rows.body_id = g.id
), '') || ']}}}'
FROM asker
