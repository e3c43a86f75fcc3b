-- For how many messages each rule held, and when last.
SELECT
    rule,
    count() AS hits,
    countIf(verdict IN ('block', 'throttle')) AS blocked,
    max(time) AS last_hit
FROM
(
    SELECT id, time, rules, verdict
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    LIMIT 1 BY id
)
ARRAY JOIN rules AS rule
GROUP BY rule
ORDER BY hits DESC, rule
