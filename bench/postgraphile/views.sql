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
SELECT m.id, m.no, m.person_id, p.sort_pinyin, t.code AS term_code, (
    SELECT s.status FROM public.membership_status s
    WHERE s.membership_id = m.id AND s.voided_at IS NULL
      AND (s.starts_on IS NULL OR s.starts_on <= (SELECT peer_day())) AND (s.ends_on IS NULL OR s.ends_on > (SELECT peer_day()))
    LIMIT 1
  ) AS status
FROM public.membership m
JOIN public.person p ON p.id = m.person_id AND p.merged_into_id IS NULL
JOIN public.term t ON t.id = m.term_id;

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

CREATE FUNCTION peer_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_setting('peer.person')::uuid;

-- Those that may be read now: the conditions of the limit, word for word.
CREATE VIEW peer.document AS
WITH place AS MATERIALIZED (
  SELECT p.body_id, p.role FROM body_membership p
  JOIN body b ON b.id = p.body_id AND (b.ends_on IS NULL OR b.ends_on > (SELECT peer_day()))
  WHERE p.person_id = peer_person() AND p.voided_at IS NULL
    AND (p.starts_on IS NULL OR p.starts_on <= (SELECT peer_day())) AND (p.ends_on IS NULL OR p.ends_on > (SELECT peer_day()))
),
seat AS MATERIALIZED (
  SELECT m.id, m.term_id FROM membership m
  JOIN term t ON t.id = m.term_id AND t.status <> 'draft'
  JOIN membership_status s ON s.membership_id = m.id AND s.status = 'active' AND s.voided_at IS NULL
    AND (s.starts_on IS NULL OR s.starts_on <= (SELECT peer_day())) AND (s.ends_on IS NULL OR s.ends_on > (SELECT peer_day()))
  WHERE m.person_id = peer_person()
),
-- Every grant that reaches who asks and holds now, each way by its own index.
mine AS MATERIALIZED (
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM access_grant g
  WHERE g.person_id = peer_person() AND g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM place JOIN access_grant g ON g.body_id = place.body_id AND (g.body_role IS NULL OR g.body_role = place.role)
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM seat JOIN membership_post o ON o.membership_id = seat.id AND o.voided_at IS NULL
    AND (o.starts_on IS NULL OR o.starts_on <= (SELECT peer_day())) AND (o.ends_on IS NULL OR o.ends_on > (SELECT peer_day()))
  JOIN access_grant g ON g.body_id = o.sector_id AND g.body_role IS NULL
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM seat JOIN access_grant g ON g.term_id = seat.term_id
  WHERE g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
  UNION ALL
  SELECT g.id, g.document_id, g.folder_id, g.person_id, g.effect, g.act, g.overrides, g.second_id, g.max_opens
  FROM participation p
  JOIN activity v ON v.id = p.activity_id AND v.state <> 'cancelled' JOIN access_grant g ON g.activity_id = v.id
  WHERE p.person_id = peer_person() AND p.invited_at IS NOT NULL AND p.rsvp <> 'no'
    AND g.state = 'active' AND g.valid_from <= now() AND g.valid_until > now()
),
-- Those by which it is allowed; few are on folders: what lies below is looked for once.
gives AS MATERIALIZED (
  SELECT document_id, folder_id, second_id FROM mine
  WHERE effect = 'allow' AND act IN ('read', 'download') AND (max_opens IS NULL OR id NOT IN (
    SELECT grant_id FROM grant_use WHERE person_id = peer_person() AND "left" <= 0
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
)
SELECT d.id, d.no, coalesce(nullif(d.title_zh, ''), d.title_en) AS title, d.level, d.created_at, d.expires_at
FROM public.document d
WHERE d.state = 'available' AND (d.available_from IS NULL OR d.available_from <= now())
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
      SELECT agreement_id FROM agreement_acceptance WHERE person_id = peer_person()
    ))
    AND (d.read_mode <> 'room_only' OR d.id IN (
      SELECT b.document_id FROM booking b JOIN reading_slot s ON s.id = b.slot_id AND s.cancelled_at IS NULL
        AND s.starts_at <= now() AND s.ends_at > now()
      WHERE b.person_id = peer_person() AND b.state = 'checked_in'
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
  );

CREATE VIEW peer.progress AS
SELECT r.id, r.document_id, r.last_page, r.last_opened_at, r.finished_at
FROM public.reading_progress r
WHERE r.person_id = peer_person();

-- For who prepares all of them; others would see less, and are not asked for.
CREATE VIEW peer.activity AS
SELECT a.id, coalesce(nullif(a.title_zh, ''), a.title_en) AS title, a.starts_at
FROM public.activity a
WHERE current_setting('peer.all') = 'on';

CREATE VIEW peer.participation AS
SELECT p.id, p.activity_id, p.person_id, p.role, p.rsvp, w.sort_pinyin
FROM public.participation p
JOIN public.person w ON w.id = p.person_id AND w.merged_into_id IS NULL;

CREATE VIEW peer.attendance AS
SELECT t.id, t.participation_id, t.presence
FROM public.attendance t;

CREATE FUNCTION peer.record(opening uuid, page integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
  SELECT bench_record(current_setting('peer.client')::uuid, current_setting('peer.account')::uuid, peer_person(),
    peer_day(), opening, page)
$$;

COMMENT ON VIEW peer.body IS E'@primaryKey id';
COMMENT ON VIEW peer.person IS E'@primaryKey id';
COMMENT ON VIEW peer.member IS E'@primaryKey id\n@foreignKey (person_id) references peer.person (id)';
COMMENT ON VIEW peer.post IS
  E'@primaryKey membership_id\n@foreignKey (membership_id) references peer.member (id)\n@foreignKey (sector_id) references peer.body (id)';
COMMENT ON VIEW peer.history IS
  E'@primaryKey id\n@foreignKey (body_id) references peer.body (id)\n@foreignKey (person_id) references peer.person (id)\n@foreignKey (membership_id) references peer.member (id)';
COMMENT ON VIEW peer.place IS
  E'@primaryKey id\n@foreignKey (body_id) references peer.body (id)\n@foreignKey (person_id) references peer.person (id)';
COMMENT ON VIEW peer.activity IS E'@primaryKey id';
COMMENT ON VIEW peer.participation IS
  E'@primaryKey id\n@foreignKey (activity_id) references peer.activity (id)\n@foreignKey (person_id) references peer.person (id)';
COMMENT ON VIEW peer.attendance IS E'@primaryKey id\n@foreignKey (participation_id) references peer.participation (id)';
COMMENT ON VIEW peer.document IS E'@primaryKey id';
COMMENT ON VIEW peer.progress IS
  E'@primaryKey id\n@foreignKey (document_id) references peer.document (id)';
