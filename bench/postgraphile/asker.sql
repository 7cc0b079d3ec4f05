SELECT c.id AS client, a.id AS account, a.person_id AS person, EXISTS (
  SELECT FROM role_assignment r
  WHERE r.account_id = a.id AND r.voided_at IS NULL
    AND (r.role = 'administrator' OR r.role = 'secretary' AND r.body_id IS NULL)
    AND (r.starts_on IS NULL OR r.starts_on <= $2) AND (r.ends_on IS NULL OR r.ends_on > $2)
) AS everything
FROM api_client c JOIN account a ON a.id = c.owner_id
WHERE c.token_hash = $1 AND c.revoked_at IS NULL AND c.expires_at > now() AND a.active
  AND c.scopes ?| ARRAY['members:read', 'members:write', 'all:read', 'all:write']
  AND (
    EXISTS (
      SELECT FROM membership m
      JOIN term t ON t.id = m.term_id AND t.status = 'active'
      JOIN membership_status s ON s.membership_id = m.id AND s.status = 'active' AND s.voided_at IS NULL
      WHERE m.person_id = a.person_id
        AND (s.starts_on IS NULL OR s.starts_on <= $2) AND (s.ends_on IS NULL OR s.ends_on > $2)
    )
    OR EXISTS (
      SELECT FROM role_assignment r
      WHERE r.account_id = a.id AND r.voided_at IS NULL
        AND (r.starts_on IS NULL OR r.starts_on <= $2) AND (r.ends_on IS NULL OR r.ends_on > $2)
    )
  )
