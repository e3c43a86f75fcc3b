-- Who has sent how much, and has paid how much.
SELECT
    account,
    currency,
    count() AS messages,
    countIf(currency != '' AND repeated = 0) AS charged,
    countIf(refused != '') AS not_charged,
    sumIf(amount + fees, repeated = 0) / 1000000 AS charged_amount
FROM
(
    SELECT id, account, currency, repeated, refused, amount, fees
    FROM events
    WHERE kind = 'message'
      AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
      AND account != ''
    LIMIT 1 BY id
)
GROUP BY account, currency
ORDER BY account, currency
