-- name: sessions
SELECT doc, author, site, contact_kind AS sort, started_at, ended_at, json_extract(fields_json, '$.title') AS title,
  json_extract(fields_json, '$.zone') AS zone, COALESCE(json_extract(fields_json, '$.headcount'), 0) AS headcount,
  COALESCE(json_array_length(fields_json, '$.notes'), 0) AS notes
FROM record_fields
WHERE org = :org AND type = 'session' AND state <> 'void' AND started_at BETWEEN :first AND :last
ORDER BY started_at DESC, doc LIMIT :limit;

-- name: times
SELECT author, contact_kind AS activity, sum(ended_at - started_at) / 60000 AS minutes, count(*) AS entries
FROM record INDEXED BY work_time_record
WHERE org = :org AND type = 'work_time' AND state <> 'void' AND started_at BETWEEN :first AND :last
GROUP BY author, contact_kind;
