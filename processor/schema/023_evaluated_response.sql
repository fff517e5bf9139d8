-- A score that knows the answer, not the span: it finds its run by the provider's id of the response.
ALTER TABLE $DATABASE.evaluations $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS response_id String COMMENT 'gen_ai.response.id of the answer that was scored; empty where the score says none';
