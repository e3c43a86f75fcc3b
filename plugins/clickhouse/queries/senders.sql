-- The hundred senders with the most messages.
SELECT
    sender,
    sender_type,
    count() AS messages,
    countIf(verdict IN ('block', 'throttle')) AS blocked,
    countIf(verdict = 'charge') AS charged,
    uniq(recipient) AS recipients,
    min(time) AS first,
    max(time) AS last
FROM
(
    SELECT id, time, sender, sender_type, recipient, verdict
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    LIMIT 1 BY id
)
GROUP BY sender, sender_type
ORDER BY messages DESC, sender, sender_type
LIMIT 100
