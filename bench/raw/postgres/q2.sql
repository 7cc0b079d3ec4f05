,
m AS MATERIALIZED (
  SELECT m.id, m.no, m.person_id, h.sort_pinyin, h.name_zh, h.name_en
  FROM person h JOIN membership m ON m.person_id = h.id
  WHERE h.merged_into_id IS NULL AND h.sort_pinyin >= $3 AND (h.sort_pinyin, m.id) > ($3, $4)
  ORDER BY h.sort_pinyin, m.id LIMIT 50
)
SELECT '{"data":{"members":{"edges":[' || coalesce((
  SELECT string_agg(
    '{"node":{"id":"mem_' || m.id || '","no":' || to_json(m.no)::text
    || ',"status":' || coalesce('"' || upper(s.status) || '"', 'null')
    || ',"post":' || CASE WHEN p.id IS NULL THEN 'null' ELSE '{"unit":' || to_json(p.unit)::text || ',"sector":'
      || CASE WHEN b.id IS NULL THEN 'null'
        ELSE '{"name":' || to_json(coalesce(nullif(b.name_zh, ''), b.name_en))::text || '}' END || '}' END
    || ',"person":{"name":' || to_json(coalesce(nullif(m.name_zh, ''), m.name_en))::text
    || ',"bodyMemberships":[' || coalesce(l.j, '') || ']}}}',
    ',' ORDER BY m.sort_pinyin, m.id
  )
  FROM m
  LEFT JOIN membership_status s ON s.membership_id = m.id AND s.voided_at IS NULL
    AND (s.starts_on IS NULL OR s.starts_on <= $2) AND (s.ends_on IS NULL OR s.ends_on > $2)
  LEFT JOIN membership_post p ON p.membership_id = m.id AND p.voided_at IS NULL
    AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
  LEFT JOIN body b ON b.id = p.sector_id
    AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
  LEFT JOIN (
    SELECT person_id, string_agg(
      '{"role":"' || upper(role) || '","body":{"name":' || to_json(coalesce(nullif(name_zh, ''), name_en))::text || '}}', ','
    ) AS j
    FROM (
      SELECT p.person_id, p.role, b.name_zh, b.name_en
      FROM body_membership p
      JOIN body b ON b.id = p.body_id
        AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
      WHERE p.person_id = ANY (ARRAY(SELECT person_id FROM m)) AND p.voided_at IS NULL
        AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
      ORDER BY p.person_id, b.kind, b.sort, p.starts_on, p.id
    ) found
    GROUP BY person_id
  ) l ON l.person_id = m.person_id
), '') || ']}}}'
FROM asker
