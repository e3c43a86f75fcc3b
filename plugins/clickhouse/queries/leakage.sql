-- What passed unpaid, at the list price, by day and by who sent it.
SELECT
    toDate(time) AS day,
    route,
    if(account != '', account, if(operator != '', operator, country)) AS origin,
    leaked_currency AS currency,
    count() AS messages,
    sum(leaked) / 1000000 AS leaked_amount
FROM
(
    SELECT id, time, route, account, operator, country, leaked, leaked_currency
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
      AND leaked != 0
    LIMIT 1 BY id
)
GROUP BY day, route, origin, currency
ORDER BY day, leaked_amount DESC, route, origin, currency
