SELECT '{"data":{"member":' || coalesce((
  SELECT '{"id":"mem_' || m.id || '","no":' || to_json(m.no)::text
    || ',"status":' || coalesce('"' || upper(s.status) || '"', 'null')
    || ',"post":' || CASE WHEN p.id IS NULL THEN 'null' ELSE '{"unit":' || to_json(p.unit)::text || ',"sector":'
      || CASE WHEN b.id IS NULL THEN 'null' ELSE '{"id":"bod_' || b.id || '","name":'
        || to_json(coalesce(nullif(b.name_zh, ''), b.name_en))::text || '}' END || '}' END
    || ',"person":' || CASE WHEN h.id IS NULL THEN 'null' ELSE '{"id":"per_' || h.id || '","name":'
      || to_json(coalesce(nullif(h.name_zh, ''), h.name_en))::text || ',"bodyMemberships":[' || coalesce((
        SELECT string_agg(
          '{"role":"' || upper(p.role) || '","startsOn":' || coalesce('"' || p.starts_on || '"', 'null')
          || ',"body":{"id":"bod_' || b.id || '","kind":"' || upper(b.kind) || '","name":'
          || to_json(coalesce(nullif(b.name_zh, ''), b.name_en))::text || '}}',
          ',' ORDER BY b.kind, b.sort, p.starts_on, p.id
        )
        FROM body_membership p
        JOIN body b ON b.id = p.body_id
          AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
        WHERE p.person_id = h.id AND p.voided_at IS NULL
          AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
      ), '') || ']}' END || '}'
  FROM membership m
  LEFT JOIN person h ON h.id = m.person_id AND h.merged_into_id IS NULL
  LEFT JOIN membership_status s ON s.membership_id = m.id AND s.voided_at IS NULL
    AND (s.starts_on IS NULL OR s.starts_on <= $2) AND (s.ends_on IS NULL OR s.ends_on > $2)
  LEFT JOIN membership_post p ON p.membership_id = m.id AND p.voided_at IS NULL
    AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
  LEFT JOIN body b ON b.id = p.sector_id
    AND (NOT b.sensitive OR coalesce(b.id = ANY ((SELECT ids FROM own)::uuid[]), true))
  WHERE m.id = $3
), 'null') || '}}'
FROM asker
