SELECT '{"data":{"members":{"edges":[' || coalesce((
  SELECT string_agg(concat(
    '{"node":{"id":"mem_', m.id, '","no":', to_json(m.no),
    ',"status":', coalesce((
      SELECT '"' || upper(s.status) || '"' FROM membership_status s
      WHERE s.membership_id = m.id AND s.voided_at IS NULL
        AND (s.starts_on IS NULL OR s.starts_on <= $2) AND (s.ends_on IS NULL OR s.ends_on > $2)
      LIMIT 1
    ), 'null'),
    ',"post":', coalesce((
      SELECT concat(
        '{"unit":', to_json(p.unit), ',"sector":',
        CASE WHEN b.id IS NULL THEN 'null'
          ELSE concat('{"name":', to_json(coalesce(nullif(b.name_zh, ''), b.name_en)), '}') END, '}'
      )
      FROM membership_post p
      LEFT JOIN body b ON b.id = p.sector_id
        AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
      WHERE p.membership_id = m.id AND p.voided_at IS NULL
        AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
      LIMIT 1
    ), 'null'),
    ',"person":{"name":', to_json(coalesce(nullif(m.name_zh, ''), m.name_en)),
    ',"bodyMemberships":[', (
      SELECT string_agg(concat(
        '{"role":"', upper(p.role), '","body":{"name":', to_json(coalesce(nullif(b.name_zh, ''), b.name_en)), '}}'
      ), ',' ORDER BY b.kind, b.sort, p.starts_on, p.id)
      FROM body_membership p
      JOIN body b ON b.id = p.body_id
        AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
      WHERE p.person_id = m.person_id AND p.voided_at IS NULL
        AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
    ), ']}}}'
  ), ',' ORDER BY m.sort_pinyin, m.id)
  FROM (
    SELECT m.id, m.no, m.person_id, h.sort_pinyin, h.name_zh, h.name_en
    FROM person h JOIN membership m ON m.person_id = h.id
    WHERE h.merged_into_id IS NULL AND h.sort_pinyin >= $3 AND (h.sort_pinyin, m.id) > ($3, $4)
    ORDER BY h.sort_pinyin, m.id LIMIT 50
  ) m
), '') || ']}}}'
FROM asker
