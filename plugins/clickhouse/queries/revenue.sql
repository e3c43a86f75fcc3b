-- What was charged, by day, account and tariff. What its application has sent again is charged once.
SELECT
    toDate(time) AS day,
    charged_account AS account,
    tariff,
    currency,
    countIf(repeated = 0) AS charged,
    countIf(repeated = 1) AS charged_before,
    sumIf(amount, repeated = 0) / 1000000 AS charged_amount,
    sumIf(fees, repeated = 0) / 1000000 AS charged_fees
FROM
(
    SELECT id, time, charged_account, tariff, currency, repeated, amount, fees
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
      AND currency != ''
    LIMIT 1 BY id
)
GROUP BY day, account, tariff, currency
ORDER BY day, account, tariff, currency
