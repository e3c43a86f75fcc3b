-- Which rules hit, in force and in shadow, and when last (ever, not only in this time): as `tollgate report rules --csv`. Events
-- do not have its other columns, `name`, `false_positives` and `false_negatives`, nor the rules that never hit.
SELECT rule, hits, messages, blocked, last_hit
FROM
(
    SELECT
        rule,
        count() AS hits,
        countIf(is_first) AS messages,
        countIf(verdict = 'block') AS blocked
    FROM
    (
        SELECT id, arrayConcat(rules, shadow_rules) AS held, is_first, verdict
        FROM events
        WHERE kind = 'message'
          AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
        LIMIT 1 BY id
    )
    ARRAY JOIN held AS rule
    GROUP BY rule
)
ANY LEFT JOIN
(
    SELECT rule, concat(replaceAll(toString(max(time), 'UTC'), ' ', 'T'), 'Z') AS last_hit
    FROM events
    ARRAY JOIN arrayConcat(rules, shadow_rules) AS rule
    WHERE kind = 'message'
    GROUP BY rule
)
USING rule
ORDER BY hits DESC, rule
