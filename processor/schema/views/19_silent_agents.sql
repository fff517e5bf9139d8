-- Agents that the registry expects to be heard of, and since when they have not been, in the environments that the
-- organisation pages for or in work that names none: a test is no sign of life. In the calendar working-hours only Monday
-- to Friday, 9 to 18 o'clock of the business count, to the quarter of an hour.
CREATE OR REPLACE VIEW $DATABASE.silent_agents $ON_CLUSTER
(
    agent     String COMMENT 'agent',
    calendar  String COMMENT 'always or working-hours',
    every_s   UInt64 COMMENT 'at least one run is expected in every such time, seconds',
    run_id    String COMMENT 'its latest run; empty without any',
    last_seen DateTime64(9, 'UTC') COMMENT 'start of its latest run, else when the registry began to expect it',
    silent_s  UInt64 COMMENT 'seconds of the calendar since then, at most those of 31 days',
    silent    UInt8 COMMENT '1 when that is longer than expected'
)
AS
WITH
-- The version that is valid now, and those of the days that count.
recent AS
(
    SELECT valid_from, document FROM $DATABASE.registry_versions FINAL
    WHERE valid_from <= now64(9, 'UTC') AND valid_from >=
    (
        SELECT least(max(valid_from), now64(9, 'UTC') - INTERVAL 31 DAY) FROM $DATABASE.registry_versions
        WHERE valid_from <= now64(9, 'UTC')
    )
),
ifNull((SELECT argMax(document, valid_from) FROM recent), '') AS document,
(SELECT arraySort(groupUniqArray(valid_from)) FROM recent) AS versions,
(SELECT counted_environments FROM $DATABASE.registry_now) AS environments
SELECT
    expected.agent AS agent,
    expected.calendar AS calendar,
    expected.every_s AS every_s,
    seen.run_id AS run_id,
    greatest(expected.since, seen.last_seen) AS last_seen,
    toUInt64(greatest(0, least(dateDiff('second', last_seen, now64(9, 'UTC')), 31 * 86400))) AS elapsed,
    if(expected.calendar = 'always', elapsed, 900 * arrayCount(
        quarter -> toDayOfWeek(last_seen + toIntervalSecond(900 * quarter), 0, '$TIME_ZONE') <= 5
            AND toHour(last_seen + toIntervalSecond(900 * quarter), '$TIME_ZONE') BETWEEN 9 AND 17,
        range(intDiv(elapsed, 900))
    )) AS silent_s,
    silent_s > expected.every_s AS silent
FROM
(
    SELECT
        JSONExtractString(entry, 'id') AS agent,
        JSONExtractString(entry, 'expects', 'calendar') AS calendar,
        JSONExtractString(entry, 'expects', 'every') AS every,
        toUInt64OrZero(substring(every, 1, length(every) - 1))
            * transform(right(every, 1), ['s', 'm', 'h', 'd'], [1, 60, 3600, 86400], 0) AS every_s,
        -- Since when it has been expected without a break: other changes of the registry are no sign of life.
        arrayFirst(version -> version > arrayLast(v -> NOT has(s.expecting, v), versions), s.expecting) AS since
    FROM (SELECT arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS entry) AS e
    INNER JOIN
    (
        SELECT JSONExtractString(one, 'id') AS id, arraySort(groupUniqArray(valid_from)) AS expecting
        FROM (SELECT valid_from, arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS one FROM recent)
        WHERE JSONExtractString(one, 'expects', 'every') != '' AND JSONExtractString(one, 'stage') != 'retired'
        GROUP BY id
    ) AS s ON s.id = JSONExtractString(e.entry, 'id')
    WHERE JSONExtractString(entry, 'stage') != 'retired' AND every != ''
) AS expected
LEFT JOIN
(
    SELECT named AS agent, argMax(last_run_id, (last_at, last_run_id)) AS run_id, max(last_at) AS last_seen
    FROM $DATABASE.task_totals
    ARRAY JOIN agents AS named
    -- What a wrong clock dates later proves nothing of now.
    WHERE at <= now64(9, 'UTC') AND has(environments, environment)
    GROUP BY named
) AS seen ON seen.agent = expected.agent
