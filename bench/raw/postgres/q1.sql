SELECT '{"data":{"member":' || coalesce((
  SELECT concat(
    '{"id":"mem_', m.id, '","no":', to_json(m.no),
    ',"status":', coalesce((
      SELECT '"' || upper(s.status) || '"' FROM membership_status s
      WHERE s.membership_id = m.id AND s.voided_at IS NULL
        AND (s.starts_on IS NULL OR s.starts_on <= $2) AND (s.ends_on IS NULL OR s.ends_on > $2)
      LIMIT 1
    ), 'null'),
    ',"post":', coalesce((
      SELECT concat(
        '{"unit":', to_json(p.unit), ',"sector":',
        CASE WHEN b.id IS NULL THEN 'null' ELSE concat(
          '{"id":"bod_', b.id, '","name":', to_json(coalesce(nullif(b.name_zh, ''), b.name_en)), '}'
        ) END, '}'
      )
      FROM membership_post p
      LEFT JOIN body b ON b.id = p.sector_id
        AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
      WHERE p.membership_id = m.id AND p.voided_at IS NULL
        AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
      LIMIT 1
    ), 'null'),
    ',"person":', CASE WHEN h.id IS NULL THEN 'null' ELSE concat(
      '{"id":"per_', h.id, '","name":', to_json(coalesce(nullif(h.name_zh, ''), h.name_en)),
      ',"bodyMemberships":[', (
        SELECT string_agg(concat(
          '{"role":"', upper(p.role), '","startsOn":', coalesce('"' || p.starts_on || '"', 'null'),
          ',"body":{"id":"bod_', b.id, '","kind":"', upper(b.kind), '","name":',
          to_json(coalesce(nullif(b.name_zh, ''), b.name_en)), '}}'
        ), ',' ORDER BY b.kind, b.sort, p.starts_on, p.id)
        FROM body_membership p
        JOIN body b ON b.id = p.body_id
          AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
        WHERE p.person_id = h.id AND p.voided_at IS NULL
          AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
      ), ']}'
    ) END, '}'
  )
  FROM membership m LEFT JOIN person h ON h.id = m.person_id AND h.merged_into_id IS NULL
  WHERE m.id = $3
), 'null') || '}}'
FROM asker
