-- What was stopped, by the line of the policy and by label. A message with several labels stands under each of them.
SELECT
    verdict,
    policy,
    label,
    count() AS messages,
    countIf(enforced = 0) AS passed_all_the_same
FROM
(
    SELECT id, verdict, policy, enforced, labels
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
      AND verdict IN ('block', 'throttle')
    LIMIT 1 BY id
)
LEFT ARRAY JOIN labels AS label
GROUP BY verdict, policy, label
ORDER BY messages DESC, verdict, policy, label
