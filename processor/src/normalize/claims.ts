import { OUTCOMES, type StepKind } from '@agentops/registry/contract';
import { type Claims, NO_CLAIMS } from '../model.ts';
import { F, type StepReader } from './reader.ts';

const CLAIM_FIELDS = [
  'agentName',
  'agentId',
  'agentVersion',
  'conversationId',
  'userId',
  'tenant',
  'department',
  'team',
  'costCenter',
  'taskId',
  'taskType',
  'taskRef',
  'outcome',
  'outcomeSource',
  'outcomeEvidence',
  'humanMs',
] as const satisfies readonly (keyof Claims)[];

const CLAIMABLE_OUTCOMES: ReadonlySet<string> = new Set(
  OUTCOMES.filter((outcome) => outcome !== 'open' && outcome !== 'abandoned'),
);

/** What the item says about whose work it is; {@link NO_CLAIMS} where it says nothing. */
export function readClaims(reader: StepReader, kind: StepKind): Claims {
  const invokes = kind === 'run' || kind === 'workflow';
  if (!invokes && !reader.shape.claims) return NO_CLAIMS;
  // A name taken from a span's name is an agent's only where the span is an agent.
  const named = invokes || !reader.fromSpanName(F.agentName);
  const agentName = named ? reader.label(F.agentName) : '';
  const outcome = reader.label(F.outcome);
  const known = outcome === '' || CLAIMABLE_OUTCOMES.has(outcome);
  const out: Claims = {
    agentName: kind === 'llm' && agentName === reader.text(F.requestModel) ? '' : agentName,
    agentId: reader.label(F.agentId),
    agentVersion: reader.label(F.agentVersion),
    conversationId: reader.identity(F.conversationId),
    userId: reader.identity(F.userId),
    tenant: reader.identity(F.tenant),
    department: reader.label(F.department),
    team: reader.label(F.team),
    costCenter: reader.label(F.costCenter),
    taskId: reader.identity(F.taskId),
    taskType: reader.label(F.taskType),
    taskRef: reader.identity(F.taskRef),
    outcome: known ? outcome : 'unknown',
    outcomeSource: reader.label(F.outcomeSource),
    outcomeEvidence: known ? reader.label(F.outcomeEvidence) : `not an outcome: ${outcome}`,
    humanMs: milliseconds(reader.number(F.humanTime)),
  };
  for (let i = 0; i < CLAIM_FIELDS.length; i++) if (out[CLAIM_FIELDS[i]!] !== '') return out;
  return NO_CLAIMS;
}

/** Whole milliseconds of seconds, at most a year; '' for what is no time. */
function milliseconds(seconds: number): string {
  return seconds >= 0 && seconds <= 31_622_400 ? String(Math.round(seconds * 1000)) : '';
}
