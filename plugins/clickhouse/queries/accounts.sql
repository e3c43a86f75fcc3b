-- Messages, refusals and money, by account: as `tollgate report accounts --csv`.
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
    countIf(verdict = 'block') AS blocked,
    countIf(refusal != '') AS refused,
    countIf(is_paid) AS paid,
    toDecimal128(sumIf(amount, is_paid), 6) / 1000000 AS charged,
    toDecimal128(sumIf(fee, is_paid), 6) / 1000000 AS fees,
    countIf(leak != 0) AS leaks,
    toDecimal128(sum(leak), 6) / 1000000 AS leaked,
    if(money_in = '', only_currency, money_in) AS currency
FROM
(
    SELECT id, account, refused AS refusal, is_first, verdict, is_paid, amount, fees AS fee, leaked AS leak, money_in
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    LIMIT 1 BY id
)
GROUP BY account, currency
ORDER BY parts DESC, account, currency
