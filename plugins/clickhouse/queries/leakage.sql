-- What passed unpaid, at the list price, by origin: as `tollgate report leakage --csv`. `share` is that of what leaked, of all
-- currencies together.
WITH
    (
        SELECT sum(leak)
        FROM
        (
            SELECT leaked AS leak
            FROM events
            WHERE kind = 'message'
              AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
              AND leaked != 0
            LIMIT 1 BY id
        )
    ) AS all_leaked
SELECT
    origin,
    countIf(is_first) AS messages,
    count() AS leaks,
    toDecimal128(sum(leak), 6) / 1000000 AS leaked,
    money_in AS currency,
    round(100 * sum(leak) / all_leaked, 2) AS share
FROM
(
    SELECT id, origin, is_first, leaked AS leak, money_in
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
      AND leaked != 0
    LIMIT 1 BY id
)
GROUP BY origin, currency
ORDER BY leaked DESC, origin, currency
