-- Who asks, by the hash of a token ($1) on a day ($2): one row if the token holds for ROOM, and its owner may look into it.
WITH asker AS MATERIALIZED (
  SELECT c.id AS client, a.id AS account, a.person_id AS person
  FROM api_client c JOIN account a ON a.id = c.owner_id
  WHERE c.token_hash = $1 AND c.revoked_at IS NULL AND c.expires_at > now() AND a.active
    AND c.scopes ?| ARRAY['ROOM:read', 'ROOM:write', 'all:read', 'all:write']
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
      OR EXISTS (
        SELECT FROM body_membership p JOIN body b ON b.id = p.body_id AND (b.ends_on IS NULL OR b.ends_on > $2)
        WHERE p.person_id = a.person_id AND p.voided_at IS NULL
          AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
          AND (
            b.kind = 'learning_group' AND p.role IN ('head', 'co_head')
            OR b.kind IN ('sector', 'sector_group') AND p.role = 'convener'
            OR b.kind IN ('special_committee', 'chairs_meeting') AND p.role = 'head'
            OR b.kind = 'department' AND p.role = 'contact'
          )
      )
    )
),
-- The sensitive bodies shown to the asker: looked up only where a sensitive body is met; null for all of them.
own AS MATERIALIZED (
  SELECT CASE WHEN NOT EXISTS (
    SELECT FROM role_assignment r
    WHERE r.account_id = asker.account AND r.voided_at IS NULL
      AND (r.role = 'administrator' OR r.role = 'secretary' AND r.body_id IS NULL)
      AND (r.starts_on IS NULL OR r.starts_on <= $2) AND (r.ends_on IS NULL OR r.ends_on > $2)
  ) THEN ARRAY(
    SELECT p.body_id FROM body_membership p
    WHERE p.person_id = asker.person AND p.voided_at IS NULL
      AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
    UNION ALL
    SELECT p.sector_id FROM membership m
    JOIN membership_post p ON p.membership_id = m.id AND p.sector_id IS NOT NULL AND p.voided_at IS NULL
    JOIN membership_status s ON s.membership_id = m.id AND s.status = 'active' AND s.voided_at IS NULL
    WHERE m.person_id = asker.person
      AND (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on > $2)
      AND (s.starts_on IS NULL OR s.starts_on <= $2) AND (s.ends_on IS NULL OR s.ends_on > $2)
    UNION ALL
    SELECT r.body_id FROM role_assignment r
    WHERE r.account_id = asker.account AND r.body_id IS NOT NULL AND r.voided_at IS NULL
      AND (r.starts_on IS NULL OR r.starts_on <= $2) AND (r.ends_on IS NULL OR r.ends_on > $2)
  ) END AS ids
  FROM asker
)
