import {
  createLoopDetector,
  LOOP_PATTERNS,
  type LoopContext,
  type LoopFinding,
  type LoopPattern,
  type LoopRun,
} from '@agentops/processor';
import { CIRCLES } from './circles.ts';
import { NO_CIRCLES } from './no-circles.ts';
import type { Label, Scenario } from './scenario.ts';
import { COMPLETE, createTrace } from './trace.ts';

/** One sequence of the set: what a reader says of it, and what the detector says. */
export interface Verdict {
  readonly scenario: Scenario;
  readonly label: Label | null;
  readonly run: LoopRun;
  readonly context: LoopContext;
  readonly findings: readonly LoopFinding[];
  /** The finding that says what the label says: the same pattern, in the same place. */
  readonly hit: LoopFinding | null;
  /** Calls between the one at which a reader is sure and the one at which the detector is; negative when sooner. */
  readonly delay: number | null;
}

/** Every scenario, `variants` times, with chances that depend on the seed alone. */
export function judgeAll(
  seed: number,
  variants: number,
  scenarios: readonly Scenario[] = [...CIRCLES, ...NO_CIRCLES],
): Verdict[] {
  return scenarios.flatMap((scenario, index) =>
    Array.from({ length: variants }, (_, variant) =>
      judge(scenario, seed * 1_000_003 + index * 1_009 + variant),
    ),
  );
}

const detector = createLoopDetector();

function judge(scenario: Scenario, seed: number): Verdict {
  const trace = createTrace(seed, { ...COMPLETE, ...scenario.emitter });
  const label = scenario.tell(trace);
  const run = trace.finish();
  const context: LoopContext = {
    rules: (_, tool) => trace.rules.get(tool) ?? null,
    history: scenario.history ?? null,
    cost: () => 0,
  };
  const findings = detector.detect(run, context);
  const hit = (label && findings.find((finding) => says(finding, label, run))) ?? null;
  return { scenario, label, run, context, findings, hit, delay: label && hit && delayOf(label, hit, run) };
}

function says(finding: LoopFinding, label: Label, run: LoopRun): boolean {
  if (finding.pattern !== label.pattern) return false;
  const position = positions(run);
  const since = position.get(finding.sinceSpanId)!;
  // One that begins only after the reader was sure and has long read on is another finding.
  return since >= position.get(label.since)! - 1 && since <= position.get(label.sure)!;
}

/** Steps of the kind of the circle's own, from the one to the other. */
function delayOf(label: Label, finding: LoopFinding, run: LoopRun): number {
  const position = positions(run);
  const sure = position.get(label.sure)!;
  const { kind } = run.nodes[sure]!.step;
  const found = position.get(finding.detectedSpanId)!;
  const between = run.nodes.slice(Math.min(sure, found) + 1, Math.max(sure, found) + 1);
  return between.filter((node) => node.step.kind === kind).length * (found < sure ? -1 : 1);
}

function positions(run: LoopRun): Map<string, number> {
  return new Map(run.nodes.map((node, at) => [node.step.spanId, at]));
}

export interface PatternScore {
  readonly pattern: LoopPattern;
  readonly sequences: number;
  /** Sequences whose circle was found. */
  readonly found: number;
  /** Findings of this pattern that no label says, in any sequence. */
  readonly wrong: number;
  readonly precision: number;
  readonly recall: number;
  readonly meanDelay: number;
  readonly mostDelay: number;
}

export function scoreOf(pattern: LoopPattern, verdicts: readonly Verdict[]): PatternScore {
  const labelled = verdicts.filter(({ label }) => label?.pattern === pattern);
  const found = labelled.filter(({ hit }) => hit !== null);
  const delays = found.map(({ delay }) => delay!);
  const wrong = verdicts.reduce(
    (sum, { findings, hit }) =>
      sum + findings.filter((finding) => finding.pattern === pattern && finding !== hit).length,
    0,
  );
  return {
    pattern,
    sequences: labelled.length,
    found: found.length,
    wrong,
    precision: found.length / (found.length + wrong),
    recall: found.length / labelled.length,
    meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
    mostDelay: Math.max(...delays),
  };
}

export const scoresOf = (verdicts: readonly Verdict[]): PatternScore[] =>
  LOOP_PATTERNS.map((pattern) => scoreOf(pattern, verdicts));
