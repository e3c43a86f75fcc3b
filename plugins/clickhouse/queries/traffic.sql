-- Messages, what came of them, and the money: as `tollgate report traffic --csv`. As there, a row is a minute of up to 6 hours,
-- an hour of up to 8 days, else a day by the clocks of {zone}, which is to be `home: {time_zone}` of the appliances.
WITH
    (
        SELECT if(uniqExact(money_in) = 1, any(money_in), '')
        FROM events
        WHERE kind = 'message'
          AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
          AND money_in != ''
    ) AS only_currency
SELECT
    concat(replaceAll(toString(begin, 'UTC'), ' ', 'T'), 'Z') AS time,
    countIf(is_first) AS messages,
    count() AS parts,
    countIf(verdict = 'block') AS blocked,
    countIf(is_paid) AS paid,
    toDecimal128(sumIf(amount, is_paid), 6) / 1000000 AS charged,
    toDecimal128(sumIf(fee, is_paid), 6) / 1000000 AS fees,
    countIf(leak != 0) AS leaks,
    toDecimal128(sum(leak), 6) / 1000000 AS leaked,
    if(money_in = '', only_currency, money_in) AS currency
FROM
(
    WITH toUInt32(toDateTime('{until}', 'UTC')) - toUInt32(toDateTime('{since}', 'UTC')) AS seconds
    SELECT
        id,
        toDateTime(multiIf(seconds <= 6 * 3600, toUInt32(toStartOfMinute(time)),
                           seconds <= 8 * 86400, toUInt32(toStartOfHour(time, '{zone}')),
                           toUInt32(toStartOfDay(time, '{zone}')))) AS begin,
        is_first, verdict, is_paid, amount, fees AS fee, leaked AS leak, money_in
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    LIMIT 1 BY id
)
GROUP BY begin, currency
ORDER BY begin, parts DESC, currency
