-- Messages by hour, route, direction, protocol and verdict.
SELECT
    toStartOfHour(time) AS hour,
    route,
    direction,
    protocol,
    verdict,
    count() AS messages,
    sum(if(parts = 0, 1, part = 1)) AS whole_messages
FROM
(
    SELECT id, time, route, direction, protocol, verdict, part, parts
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    LIMIT 1 BY id
)
GROUP BY hour, route, direction, protocol, verdict
ORDER BY hour, route, direction, protocol, verdict
