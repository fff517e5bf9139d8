-- What the registry said of each call and run, as of its end.
ALTER TABLE $DATABASE.steps $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS undeclared LowCardinality(String) COMMENT 'tool or model: the registry did not name it for this agent when the call ended',
    ADD COLUMN IF NOT EXISTS undeclared_data LowCardinality(String) COMMENT 'resource that the call names and the registry does not allow',
    ADD COLUMN IF NOT EXISTS approval_rule LowCardinality(String) COMMENT 'rule of the registry that the call falls under: always, threshold, sample, unknown or none',
    ADD COLUMN IF NOT EXISTS approval_percent Float64 COMMENT 'share of such calls that a sample takes';

ALTER TABLE $DATABASE.runs $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS declared_version LowCardinality(String) COMMENT 'version that the registry described then';
