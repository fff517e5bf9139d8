export { checkRegistry } from './check.ts';
export { DIAGNOSTIC_CODES, type Diagnostic, type DiagnosticCode, formatDiagnostics } from './diagnostic.ts';
export { dayIn } from './edit/day.ts';
export { type AgentChange, type AgentEdit, setAgent } from './edit/set-agent.ts';
export type { GeneratedFile } from './generated.ts';
export { globMatcher, globsOverlap } from './glob.ts';
export {
  type LoadedRegistry,
  loadRegistry,
  type RegistryDocument,
  type RegistryFiles,
  readRegistryFiles,
} from './load.ts';
export { type AdoptedEntry, type AdoptOptions, adoptAgents } from './observed/adopt.ts';
export { DRIFT_KINDS, type Drift, type DriftKind, findDrift } from './observed/drift.ts';
export { createMatcher, type Observation, telemetryName } from './observed/observation.ts';
export { adoptOrganisation } from './observed/organisation.ts';
export { type Agent, agentSchema } from './schema/agent.ts';
export {
  DOMAINS,
  type Domain,
  MAPPED_LABELS,
  type MappedLabel,
  OWN_LABELS,
  SEVERITIES,
  type Severity,
  WEEKDAYS,
} from './schema/alerting.ts';
export { type Money, parseMoney, seconds } from './schema/common.ts';
export { type Organisation, organisationSchema } from './schema/organisation.ts';
export {
  type AgentSliId,
  type PipelineSliId,
  SLI_DEFINITIONS,
  SLI_SOURCES,
  SLIS,
  type Sli,
  type SliBound,
  type SliId,
  type SliSource,
  type SliSourceSql,
  type SliSql,
  sliOf,
} from './sli/index.ts';
export { timeToAcknowledge } from './sli/time-to-acknowledge.ts';
export { hashRegistry, type RegistryVersion, sortVersions, versionAt } from './version.ts';
