-- What a task usually costs, calls and takes is skewed: its logarithm is not, and sums of that are what rules hold an
-- agent's own history to. In millionths, whole numbers: in whatever order they are added, the sum is the same. All is
-- counted anew now.
ALTER TABLE $DATABASE.task_sums $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS tool_errors UInt64 AFTER tool_calls,
    ADD COLUMN IF NOT EXISTS whole_costs UInt64 COMMENT 'of tasks: those of which every charge is known and that cost something',
    ADD COLUMN IF NOT EXISTS log_cost Int64 COMMENT 'sum over those of ln(cost), millionths',
    ADD COLUMN IF NOT EXISTS log_tool_calls Int64 COMMENT 'sum of ln(1 + tool calls), millionths',
    ADD COLUMN IF NOT EXISTS log_duration Int64 COMMENT 'sum of ln(1 + milliseconds), millionths';

TRUNCATE TABLE IF EXISTS $DATABASE.rollup_rounds $ON_CLUSTER
