-- Ids, digests and counts are most of what a row takes on disk, and hexadecimal text is half air.
ALTER TABLE $DATABASE.steps $ON_CLUSTER
    MODIFY COLUMN trace_id CODEC(ZSTD(1)),
    MODIFY COLUMN span_id CODEC(ZSTD(1)),
    MODIFY COLUMN parent_span_id CODEC(ZSTD(1)),
    MODIFY COLUMN arguments_digest CODEC(ZSTD(1)),
    MODIFY COLUMN arguments_shape_digest CODEC(ZSTD(1)),
    MODIFY COLUMN result_digest CODEC(ZSTD(1)),
    MODIFY COLUMN approval_id CODEC(ZSTD(1)),
    MODIFY COLUMN amount CODEC(ZSTD(1)),
    MODIFY COLUMN input_tokens CODEC(T64, ZSTD(1)),
    MODIFY COLUMN cached_input_tokens CODEC(T64, ZSTD(1)),
    MODIFY COLUMN cache_write_tokens CODEC(T64, ZSTD(1)),
    MODIFY COLUMN output_tokens CODEC(T64, ZSTD(1)),
    MODIFY COLUMN attribute_count CODEC(T64, ZSTD(1)),
    MODIFY COLUMN source_index CODEC(T64, ZSTD(1));

ALTER TABLE $DATABASE.cost_ledger $ON_CLUSTER
    MODIFY COLUMN trace_id CODEC(ZSTD(1)),
    MODIFY COLUMN span_id CODEC(ZSTD(1)),
    MODIFY COLUMN amount CODEC(ZSTD(1)),
    MODIFY COLUMN cost CODEC(ZSTD(1)),
    MODIFY COLUMN input_tokens CODEC(T64, ZSTD(1)),
    MODIFY COLUMN cached_input_tokens CODEC(T64, ZSTD(1)),
    MODIFY COLUMN cache_write_tokens CODEC(T64, ZSTD(1)),
    MODIFY COLUMN output_tokens CODEC(T64, ZSTD(1));

ALTER TABLE $DATABASE.runs $ON_CLUSTER
    MODIFY COLUMN run_id CODEC(ZSTD(1)),
    MODIFY COLUMN trace_id CODEC(ZSTD(1)),
    MODIFY COLUMN conversation_id CODEC(ZSTD(1)),
    MODIFY COLUMN task_id CODEC(ZSTD(1)),
    MODIFY COLUMN root_span_id CODEC(ZSTD(1));

ALTER TABLE $DATABASE.approval_events $ON_CLUSTER
    MODIFY COLUMN trace_id CODEC(ZSTD(1)),
    MODIFY COLUMN span_id CODEC(ZSTD(1)),
    MODIFY COLUMN approval_id CODEC(ZSTD(1)),
    MODIFY COLUMN task_id CODEC(ZSTD(1)),
    MODIFY COLUMN run_id CODEC(ZSTD(1)),
    MODIFY COLUMN conversation_id CODEC(ZSTD(1)),
    MODIFY COLUMN tool_call_id CODEC(ZSTD(1));

ALTER TABLE $DATABASE.task_states $ON_CLUSTER
    MODIFY COLUMN task_id CODEC(ZSTD(1)),
    MODIFY COLUMN run_ids CODEC(ZSTD(1)),
    MODIFY COLUMN trace_ids CODEC(ZSTD(1)),
    MODIFY COLUMN conversation_id CODEC(ZSTD(1));

ALTER TABLE $DATABASE.tool_states $ON_CLUSTER
    MODIFY COLUMN trace_id CODEC(ZSTD(1)),
    MODIFY COLUMN task_id CODEC(ZSTD(1));

ALTER TABLE $DATABASE.charge_sums $ON_CLUSTER
    MODIFY COLUMN trace_id CODEC(ZSTD(1)),
    MODIFY COLUMN task_id CODEC(ZSTD(1));
