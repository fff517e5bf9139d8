import { ATTR } from '@agentops/registry/contract';
import type { Verdict } from './verdict.ts';

/** `service.name` of what hands over other people's verdicts. */
export const VERDICT_SERVICE = 'agentops-outcomes';

/**
 * Verdicts as an OTLP ExportLogsServiceRequest (JSON): the one form in which a verdict reaches the chain, whichever
 * door it came through. A log record's id is a hash of what it says, and everything here follows from the verdict
 * alone, so the same verdict is the same record however often it is handed over.
 */
export function verdictRequest(verdicts: readonly Verdict[]): string {
  const byEnvironment = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const group = byEnvironment.get(verdict.environment);
    if (group === undefined) byEnvironment.set(verdict.environment, [verdict]);
    else group.push(verdict);
  }
  return JSON.stringify({
    resourceLogs: [...byEnvironment].map(([environment, group]) => ({
      resource: {
        attributes: attributes({
          'service.name': VERDICT_SERVICE,
          'deployment.environment.name': environment,
        }),
      },
      scopeLogs: [{ logRecords: group.map(logRecord) }],
    })),
  });
}

function logRecord(verdict: Verdict): object {
  return {
    timeUnixNano: verdict.at.toString(),
    eventName: 'agentops.task.outcome',
    attributes: attributes({
      [ATTR.taskId]: verdict.taskId,
      [ATTR.taskRef]: verdict.taskRef,
      [ATTR.taskOutcome]: verdict.outcome,
      [ATTR.taskOutcomeSource]: verdict.source,
      [ATTR.taskOutcomeEvidence]: verdict.evidence,
      'user.id': verdict.by,
    }),
  };
}

function attributes(values: Readonly<Record<string, string>>): object[] {
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => ({ key, value: { stringValue: value } }));
}
