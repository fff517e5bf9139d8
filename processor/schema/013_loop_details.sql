-- What repeats in a loop, from where, and until when.
ALTER TABLE $DATABASE.loops $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS subject LowCardinality(String) COMMENT 'the tool, model or agent that repeats',
    ADD COLUMN IF NOT EXISTS period UInt8 COMMENT 'calls until they repeat',
    ADD COLUMN IF NOT EXISTS since_span_id String COMMENT 'the first of the calls that repeat',
    ADD COLUMN IF NOT EXISTS ended_at DateTime64(9, 'UTC') COMMENT 'end of the last step that belongs to it';
