import { breakStreak, extend } from './candidate.ts';
import type { Lane } from './lane.ts';
import { NEEDED, REPETITION, WAITED } from './patterns.ts';
import type { Scan } from './tool-calls.ts';
import type { LoopNode } from './types.ts';
import { pauseBetween } from './waits.ts';

/** Tokens by which two steps of a context may differ and still be the same text appended: counts in names, times. */
const GROWTH_SLACK = 2;
const GROWTH_SHARE = 0.05;

/**
 * Takes the next model call of a lane: the same length of answer over a context that grows by the same amount is the
 * same answer, appended. Returns its output tokens; -1 when unknown.
 */
export function seeModelCall(scan: Scan, lane: Lane, node: LoopNode, at: number): number {
  const { model } = lane;
  model.shown = true;
  if (node.failed) {
    model.position = -1;
    breakStreak(model.answers);
    seeFailure(scan, lane, node, at);
    return -1;
  }
  model.failedAt = -1;
  if (model.retries.score > 0) breakStreak(model.retries);
  const { inputTokens: input, outputTokens: output, requestModel } = node.step;
  if (output < 0) {
    model.position = -1;
    breakStreak(model.answers);
    return -1;
  }
  const growth = input - model.input;
  const { answers } = model;
  const same =
    model.position !== -1 &&
    model.handOffs === scan.handOffs &&
    output > 0 &&
    !isCapped(output) &&
    output === model.output &&
    growth > 0 &&
    requestModel === model.name &&
    (answers.score === 0 || isAlike(growth, model.growth));
  // Another turn of a user, who says the same as before, is no circle of the agent.
  if (same && !pauseBetween(scan.nodes, model.position, at, 0).waited) {
    extend(answers, model.position, at, REPETITION);
    model.growth = growth;
    if (answers.found === null && answers.score >= NEEDED.model_no_progress) {
      answers.found = {
        pattern: 'model_no_progress',
        of: 'llm',
        subject: requestModel,
        period: 1,
        lane,
        since: answers.since,
        established: at,
        last: at,
      };
      scan.candidates.push(answers.found);
    }
  } else {
    breakStreak(answers);
  }
  model.position = at;
  model.handOffs = scan.handOffs;
  model.name = requestModel;
  model.input = input;
  model.output = output;
  return output;
}

/** Any other step between two answers: the model has something new to answer to. */
export function interruptModel(lane: Lane): void {
  const { model } = lane;
  model.position = -1;
  if (model.answers.score > 0) breakStreak(model.answers);
}

/** Cut off at a limit of tokens: a long text that is continued has such answers, one as long as the other. */
function isCapped(output: number): boolean {
  return output >= 256 && (output % 256 === 0 || output % 500 === 0);
}

function isAlike(growth: number, before: number): boolean {
  return Math.abs(growth - before) <= Math.max(GROWTH_SLACK, before * GROWTH_SHARE);
}

function seeFailure(scan: Scan, lane: Lane, node: LoopNode, at: number): void {
  const { model } = lane;
  const { retries } = model;
  if (model.failedAt !== -1) {
    const { waited, idleMs } = pauseBetween(scan.nodes, model.failedAt, at, lane.idleMs);
    lane.idleMs = idleMs;
    extend(retries, model.failedAt, at, waited ? WAITED : REPETITION);
    if (retries.found === null && retries.score >= NEEDED.retry_storm) {
      retries.found = {
        pattern: 'retry_storm',
        of: 'llm',
        subject: node.step.requestModel,
        period: 1,
        lane,
        since: retries.since,
        established: at,
        last: at,
      };
      scan.candidates.push(retries.found);
    }
  }
  model.failedAt = at;
}
