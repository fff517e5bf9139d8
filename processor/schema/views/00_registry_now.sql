-- The registry as it stands now: one row, also where none was ever published.
CREATE OR REPLACE VIEW $DATABASE.registry_now $ON_CLUSTER
(
    document             String COMMENT 'the published document, JSON; empty where there is none',
    paged_environments   Array(String) COMMENT 'environments that the organisation pages for',
    counted_environments Array(String) COMMENT 'those, and an empty name: work that names no environment is nobody''s test'
)
AS
SELECT
    document,
    if(empty(declared), ['production'], declared) AS paged_environments,
    arrayPushBack(paged_environments, '') AS counted_environments
FROM
(
    SELECT
        argMax(v.document, (v.valid_from, v.published_at)) AS document,
        JSONExtract(document, 'organisation', 'paged_environments', 'Array(String)') AS declared
    FROM $DATABASE.registry_versions AS v FINAL
    WHERE v.valid_from <= now64(9, 'UTC')
)
