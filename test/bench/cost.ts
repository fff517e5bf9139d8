import { createPriceBook, createPricing, createTimeline, type PricedStep } from '@agentops/processor';

/** Calls of as many models as a fleet uses, among them some of tiers and of prices by the minute. */
const MODELS = [
  ['openai', 'gpt-4o-2024-08-06'],
  ['openai', 'gpt-4.1-mini'],
  ['openai', 'o3'],
  ['azure.ai.openai', 'gpt-4o'],
  ['anthropic', 'claude-sonnet-4-20250514'],
  ['aws.bedrock', 'us.anthropic.claude-sonnet-4-20250514-v1:0'],
  ['gcp.gemini', 'gemini-2.5-pro'],
  ['deepseek', 'deepseek-chat'],
] as const;
const AT = 1_795_000_000_000;
const ROUNDS = 2_000_000;

function modelCall(i: number): PricedStep {
  const [provider, requestModel] = MODELS[i % MODELS.length]!;
  return {
    kind: 'llm',
    endedAt: BigInt(AT + i) * 1_000_000n,
    endedMs: AT + i,
    toolName: '',
    provider,
    requestModel,
    responseModel: requestModel,
    usage: {
      input: 500 + ((i * 7919) % 20_000),
      cachedInput: i % 3 === 0 ? 2048 : 0,
      cacheWrite: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 20 + ((i * 104_729) % 2000),
      reasoning: 0,
    },
    reportedCost: '',
    reportedCurrency: '',
  };
}

/** Quotes of known models, and whole charges of model calls, each a second on one core. */
export function benchCost(): { readonly name: string; readonly perSecond: number }[] {
  const steps = Array.from({ length: 10_000 }, (_, i) => modelCall(i));
  const timeline = createTimeline();
  const agent = timeline.latest.agent({ service: 'bench', namespace: '', agentName: '', agentId: '' });
  const book = createPriceBook();
  const pricing = createPricing(timeline, book);
  const quotes = best((step) => {
    const { provider, responseModel, usage } = step;
    return book.quote(provider, responseModel, step.endedMs, usage!.input) === null ? 0 : 1;
  }, steps);
  const charges = best((step) => (pricing.charge(step, agent, false)!.cost === null ? 0 : 1), steps);
  return [
    { name: 'price quotes', perSecond: quotes },
    { name: 'charges of model calls', perSecond: charges },
  ];
}

/** Best of three: the machine's other work only ever slows a run down. */
function best(work: (step: PricedStep) => number, steps: readonly PricedStep[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    let done = 0;
    const start = performance.now();
    for (let i = 0; i < ROUNDS; i++) done += work(steps[i % steps.length]!);
    if (done !== ROUNDS) throw new Error(`${ROUNDS - done} calls without a price`);
    least = Math.min(least, performance.now() - start);
  }
  return Math.round((ROUNDS / least) * 1000);
}
