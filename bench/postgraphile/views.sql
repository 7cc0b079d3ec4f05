-- What PostGraphile shows of our tables: the same rows, by the same rules, for whoever the settings of the
-- transaction name. peer.person: who asks. peer.day: the day. peer.all: whether sensitive bodies are shown.
-- A visitor without the register gets no settings, and so no request reaches these views.
CREATE SCHEMA peer;

CREATE FUNCTION peer_day() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_setting('peer.day')::date;

CREATE FUNCTION peer_own() RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
  SELECT p.body_id FROM body_membership p
  WHERE p.person_id = current_setting('peer.person')::uuid AND p.voided_at IS NULL
    AND (p.starts_on IS NULL OR p.starts_on <= peer_day()) AND (p.ends_on IS NULL OR p.ends_on > peer_day())
  UNION ALL
  SELECT p.sector_id FROM membership m
  JOIN membership_post p ON p.membership_id = m.id AND p.sector_id IS NOT NULL AND p.voided_at IS NULL
  JOIN membership_status s ON s.membership_id = m.id AND s.status = 'active' AND s.voided_at IS NULL
  WHERE m.person_id = current_setting('peer.person')::uuid
    AND (p.starts_on IS NULL OR p.starts_on <= peer_day()) AND (p.ends_on IS NULL OR p.ends_on > peer_day())
    AND (s.starts_on IS NULL OR s.starts_on <= peer_day()) AND (s.ends_on IS NULL OR s.ends_on > peer_day())
  UNION ALL
  SELECT r.body_id FROM role_assignment r
  WHERE r.account_id = current_setting('peer.account')::uuid AND r.body_id IS NOT NULL AND r.voided_at IS NULL
    AND (r.starts_on IS NULL OR r.starts_on <= peer_day()) AND (r.ends_on IS NULL OR r.ends_on > peer_day());
END;

CREATE VIEW peer.body AS
SELECT b.id, b.kind, coalesce(nullif(b.name_zh, ''), b.name_en) AS name, b.sort
FROM public.body b
WHERE NOT b.sensitive OR b.id = ANY (ARRAY(SELECT peer_own())) OR current_setting('peer.all') = 'on';

CREATE VIEW peer.person AS
SELECT p.id, coalesce(nullif(p.name_zh, ''), p.name_en) AS name, p.sort_pinyin
FROM public.person p
WHERE p.merged_into_id IS NULL;

CREATE VIEW peer.member AS
SELECT m.id, m.no, m.person_id, p.sort_pinyin, (
    SELECT s.status FROM public.membership_status s
    WHERE s.membership_id = m.id AND s.voided_at IS NULL
      AND (s.starts_on IS NULL OR s.starts_on <= (SELECT peer_day())) AND (s.ends_on IS NULL OR s.ends_on > (SELECT peer_day()))
    LIMIT 1
  ) AS status
FROM public.membership m
JOIN public.person p ON p.id = m.person_id AND p.merged_into_id IS NULL;

CREATE VIEW peer.post AS
SELECT o.membership_id, o.unit, o.sector_id
FROM public.membership_post o
WHERE o.voided_at IS NULL
  AND (o.starts_on IS NULL OR o.starts_on <= (SELECT peer_day())) AND (o.ends_on IS NULL OR o.ends_on > (SELECT peer_day()));

CREATE VIEW peer.history AS
SELECT p.id, p.body_id, p.person_id, p.membership_id, p.role, p.starts_on, w.sort_pinyin
FROM public.body_membership p
JOIN public.person w ON w.id = p.person_id
WHERE p.voided_at IS NULL;

CREATE VIEW peer.place AS
SELECT p.id, p.body_id, p.person_id, p.role, p.starts_on, b.kind, b.sort
FROM public.body_membership p
JOIN public.body b ON b.id = p.body_id
WHERE p.voided_at IS NULL
  AND (p.starts_on IS NULL OR p.starts_on <= (SELECT peer_day())) AND (p.ends_on IS NULL OR p.ends_on > (SELECT peer_day()))
  AND (NOT b.sensitive OR b.id = ANY (ARRAY(SELECT peer_own())) OR current_setting('peer.all') = 'on');

COMMENT ON VIEW peer.body IS E'@primaryKey id';
COMMENT ON VIEW peer.person IS E'@primaryKey id';
COMMENT ON VIEW peer.member IS E'@primaryKey id\n@foreignKey (person_id) references peer.person (id)';
COMMENT ON VIEW peer.post IS
  E'@primaryKey membership_id\n@foreignKey (membership_id) references peer.member (id)\n@foreignKey (sector_id) references peer.body (id)';
COMMENT ON VIEW peer.history IS
  E'@primaryKey id\n@foreignKey (body_id) references peer.body (id)\n@foreignKey (person_id) references peer.person (id)\n@foreignKey (membership_id) references peer.member (id)';
COMMENT ON VIEW peer.place IS
  E'@primaryKey id\n@foreignKey (body_id) references peer.body (id)\n@foreignKey (person_id) references peer.person (id)';
