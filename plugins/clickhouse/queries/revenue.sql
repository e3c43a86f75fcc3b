-- What was charged, by account: as `tollgate report revenue --csv`. What an application has sent again is charged once.
WITH
    (
        SELECT if(uniqExact(money_in) = 1, any(money_in), '')
        FROM events
        WHERE kind = 'message'
          AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
          AND money_in != ''
    ) AS only_currency
SELECT
    account,
    countIf(is_first) AS messages,
    count() AS parts,
    countIf(is_paid) AS paid,
    toDecimal128(sumIf(amount, is_paid), 6) / 1000000 AS charged,
    toDecimal128(sumIf(fee, is_paid), 6) / 1000000 AS fees,
    countIf(refusal != '') AS refused,
    if(money_in = '', only_currency, money_in) AS currency
FROM
(
    SELECT id, account, is_first, is_paid, amount, fees AS fee, refused AS refusal, money_in
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    LIMIT 1 BY id
)
GROUP BY account, currency
ORDER BY charged DESC, account, currency
