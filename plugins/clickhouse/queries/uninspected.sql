-- Packets that may have carried messages and were not read: as `tollgate report uninspected --csv`. `share` is that of these among
-- all such packets and all messages that were looked at. Counts are by the minute: those are meant whose minute begins in the time.
WITH
    (
        SELECT uniqExact(id)
        FROM events
        WHERE kind = 'message'
          AND time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    ) AS all_parts,
    (
        SELECT sum(packets)
        FROM
        (
            SELECT packets
            FROM uninspected
            WHERE time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
            LIMIT 1 BY id
        )
    ) AS all_packets
SELECT
    reason,
    sum(count) AS packets,
    round(100 * packets / (all_parts + all_packets), 2) AS share
FROM
(
    SELECT id, reason, packets AS count
    FROM uninspected
    WHERE time >= toDateTime('{since}', 'UTC') AND time < toDateTime('{until}', 'UTC')
    LIMIT 1 BY id
)
GROUP BY reason
ORDER BY packets DESC, reason
