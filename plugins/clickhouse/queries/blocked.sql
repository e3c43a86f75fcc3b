-- What the policy stops, by its line: as `tollgate report blocked --csv`.
WITH
    (
        SELECT uniqExact(id)
        FROM events
        WHERE kind = 'message'
          AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
          AND verdict IN ('block', 'throttle', 'divert')
    ) AS all_parts
SELECT
    policy,
    countIf(is_first) AS messages,
    count() AS parts,
    round(100 * parts / all_parts, 2) AS share
FROM
(
    SELECT id, policy, is_first
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
      AND verdict IN ('block', 'throttle', 'divert')
    LIMIT 1 BY id
)
GROUP BY policy
ORDER BY parts DESC, policy
