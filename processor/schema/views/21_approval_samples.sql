-- Of the calls that a sample rule concerns, the share that a human saw, month by month of the business, with its 95 %
-- interval (Wilson, "Probable inference, the law of succession, and statistical inference", 1927).
CREATE OR REPLACE VIEW $DATABASE.approval_samples $ON_CLUSTER
(
    month      Date COMMENT 'first day of the month, in the business''s time zone',
    agent      String COMMENT 'agent that made the calls',
    tool       String COMMENT 'tool that was called',
    percent    Float64 COMMENT 'share that the rule asks for',
    calls      UInt64 COMMENT 'calls that the rule concerns',
    sampled    UInt64 COMMENT 'of them, those for which somebody was asked',
    share      Float64 COMMENT 'sampled of calls, percent',
    share_low  Float64 COMMENT 'lower end of its interval, percent',
    share_high Float64 COMMENT 'upper end of its interval, percent',
    short      UInt8 COMMENT '1 when even the upper end lies below what the rule asks for',
    run_id     String COMMENT 'the latest run with such a call',
    first_seen DateTime64(9, 'UTC') COMMENT 'first such call',
    last_seen  DateTime64(9, 'UTC') COMMENT 'latest such call',
    environment String COMMENT 'deployment environment'
)
AS
SELECT
    month, agent, tool, percent, calls, sampled,
    100 * sampled / calls AS share,
    100 * greatest(0, middle - half) AS share_low,
    100 * least(1, middle + half) AS share_high,
    share_high < percent AS short,
    run_id, first_seen, last_seen, environment
FROM
(
    WITH 1.959963984540054 AS z
    SELECT
        toStartOfMonth(toTimeZone(at, '$TIME_ZONE')) AS month,
        agent,
        tool,
        percent,
        sum(s.calls) AS calls,
        sum(s.sampled) AS sampled,
        (sampled / calls + z * z / (2 * calls)) / (1 + z * z / calls) AS middle,
        z * sqrt(sampled / calls * (1 - sampled / calls) / calls + z * z / (4 * calls * calls)) / (1 + z * z / calls) AS half,
        argMax(s.run_id, (s.last_seen, s.run_id)) AS run_id,
        min(s.first_seen) AS first_seen,
        max(s.last_seen) AS last_seen,
        environment
    FROM $DATABASE.sample_sums AS s FINAL
    GROUP BY month, agent, environment, tool, percent
)
