-- What people worked on a run, as far as telemetry measured it.
ALTER TABLE $DATABASE.runs $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS human_steps UInt32 COMMENT 'decisions and takeovers by people',
    ADD COLUMN IF NOT EXISTS human_timed UInt32 COMMENT 'steps that say how long a person worked on them',
    ADD COLUMN IF NOT EXISTS human_ms UInt64 COMMENT 'that time; a wait is no work'
