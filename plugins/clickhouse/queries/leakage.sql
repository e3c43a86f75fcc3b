-- What passed unpaid, at the list price, by origin: as `tollgate report leakage --csv`. `share` is that of what leaked in the
-- row's currency.
SELECT origin, messages, leaks, toDecimal128(leak, 6) / 1000000 AS leaked, currency, round(100 * leak / all_leaked, 2) AS share
FROM
(
    SELECT origin, countIf(is_first) AS messages, count() AS leaks, sum(leaked) AS leak, money_in AS currency
    FROM
    (
        SELECT id, origin, is_first, leaked, money_in
        FROM events
        WHERE kind = 'message'
          AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
          AND leaked != 0
        LIMIT 1 BY id
    )
    GROUP BY origin, currency
)
ALL INNER JOIN
(
    SELECT sum(leaked) AS all_leaked, money_in AS currency
    FROM
    (
        SELECT id, leaked, money_in
        FROM events
        WHERE kind = 'message'
          AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
          AND leaked != 0
        LIMIT 1 BY id
    )
    GROUP BY currency
) USING currency
ORDER BY leaked DESC, origin, currency
