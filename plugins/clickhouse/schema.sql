-- The tables of the sink `clickhouse`, for ClickHouse 18.16 and all later ones. `create: true` lets the sink make
-- them; else a person does: clickhouse-client --database tollgate --multiquery < schema.sql
--
-- A batch that was sent again after a failure may stand there twice. Whoever counts asks `events_once`, or writes
-- LIMIT 1 BY id behind the conditions on time, as the queries beside this file do: that reads less. In time the
-- engine removes what stands there twice by itself, but says nothing about when.
--
-- Amounts are in millionths of the currency's unit. Texts that an event does not have are empty, numbers 0. `account`,
-- `operator`, `country` and `gt` are those of the origin. Columns with ALIAS hold nothing: they say what `tollgate report` makes
-- of the others, so that queries count as it does.
CREATE TABLE IF NOT EXISTS events
(
    id FixedString(32),
    time DateTime('UTC'),
    microseconds UInt32,
    kind String,
    protocol String,
    operation String,
    error String,
    direction String,
    link String,
    route String,
    account String,
    operator String,
    country String,
    gt String,
    system_id String,
    service_centre String,
    service_centre_operator String,
    service_centre_country String,
    sender String,
    sender_number String,
    sender_type String,
    recipient String,
    recipient_operator String,
    recipient_country String,
    part UInt8,
    parts UInt8,
    ruleset String,
    verdict String,
    enforced UInt8,
    policy String,
    alert UInt8,
    charged_account String,
    tariff String,
    refused String,
    repeated UInt8,
    amount Int64,
    fees Int64,
    currency String,
    leaked Int64,
    leaked_currency String,
    labels Array(String),
    rules Array(UInt32),
    shadow_rules Array(UInt32),
    event String,
    is_first UInt8 ALIAS parts = 0 OR part = 1,
    is_paid UInt8 ALIAS currency != '' AND repeated = 0,
    money_in String ALIAS if(currency != '', currency, leaked_currency),
    sent_by String ALIAS if(match(sender, '^[*]+[0-9+ ]?[0-9+ ]?$'), '(numbers)', if(sender_number != '', sender_number, sender)),
    origin_operator String ALIAS if(service_centre_operator != '', service_centre_operator, operator),
    origin_country String ALIAS if(service_centre_country != '', service_centre_country, country),
    origin String ALIAS multiIf(account != '', account, service_centre_operator != '', service_centre_operator,
                                operator != '', operator, service_centre != '', service_centre, gt != '', gt,
                                system_id != '', system_id, link != '', link, 'unknown')
) ENGINE = ReplacingMergeTree() PARTITION BY toYYYYMM(time) ORDER BY (time, id);

-- Packets that may have carried messages and were not read: what an appliance counted since it last told, each second or so,
-- by minute (`time` is where it begins), reason and route.
CREATE TABLE IF NOT EXISTS uninspected
(
    id FixedString(32),
    time DateTime('UTC'),
    reason String,
    route String,
    packets UInt64
) ENGINE = ReplacingMergeTree() PARTITION BY toYYYYMM(time) ORDER BY (time, id);

CREATE VIEW IF NOT EXISTS events_once AS SELECT * FROM events LIMIT 1 BY id;
