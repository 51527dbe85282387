-- name: append
INSERT INTO access_log (org, at, actor, action, subject, detail, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: append_named
INSERT INTO access_log (org, at, actor, action, subject, detail, number)
VALUES (:org, :at, :actor, :action, :subject, :detail, :number);
