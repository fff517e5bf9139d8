import { randomBytes } from 'node:crypto';
import { createDigester } from '@agentops/registry/contract';
import { createPriceBook } from '../cost/catalogue.ts';
import { createPricing } from '../cost/pricing.ts';
import { createOtlpDecoder } from '../decode/otlp.ts';
import { DIALECTS } from '../dialects/index.ts';
import { createProjector } from '../fold/project.ts';
import { type AgentHistories, createHistories } from '../loops/index.ts';
import type { ResourceContext } from '../model.ts';
import { createNormalizer } from '../normalize/normalizer.ts';
import { compileDialects } from '../normalize/plan.ts';
import { RESOURCE_KEYS } from '../normalize/resource.ts';
import { createSanitizer } from '../normalize/sanitizer.ts';
import type { CompiledTimeline, CompiledVersion } from '../registry/facts.ts';
import { createPages } from '../steps/page.ts';
import type { ContentRetention } from './content.ts';
import { createFolder, type Folder } from './fold.ts';
import type { KnownTraces } from './known-traces.ts';
import type { ReaderOptions } from './read.ts';
import { createFoldState, type FoldState, type StateLimits } from './state.ts';

export interface ChainOptions {
  readonly timeline: CompiledTimeline;
  readonly known: KnownTraces;
  /** What agents needed before; without them nothing is beyond it. */
  readonly histories?: AgentHistories;
  /** Keys digests and pseudonyms; the same at every start, or equal calls look different. */
  readonly secret?: Uint8Array;
  /** Spans that started longer before their receipt are dead letters. */
  readonly retentionDays?: number;
  readonly limits?: StateLimits;
}

/** The pure part of the pipeline, put together: bytes → steps → sets → rows. */
export interface Chain {
  readonly reader: ReaderOptions;
  readonly state: FoldState;
  readonly folder: Folder;
}

const DAY_NS = 86_400_000_000_000n;
const RETENTION_DAYS = 400;

export function createChain(options: ChainOptions): Chain {
  const { timeline } = options;
  const secret = options.secret ?? randomBytes(32);
  const table = compileDialects(DIALECTS, RESOURCE_KEYS);
  const sanitizer = createSanitizer(secret);
  const retention = createRetention(timeline);
  const state = createFoldState(options.known, options.limits);
  return {
    reader: {
      decoder: createOtlpDecoder(table.keys),
      normalizer: createNormalizer({
        table,
        sanitizer,
        digester: createDigester(secret),
        keepsContent: (resource, agentName) =>
          timeline.latest.keepsContent && retention(resource, agentName) > 0n,
      }),
      pages: createPages(),
      mask: sanitizer.text,
      retentionNs: BigInt(options.retentionDays ?? RETENTION_DAYS) * DAY_NS,
    },
    state,
    folder: createFolder({
      state,
      projector: createProjector({
        registry: timeline,
        pricing: createPricing(timeline, createPriceBook()),
        histories: options.histories ?? createHistories(),
      }),
      contentRetention: retention,
    }),
  };
}

/** Spans of one agent come together: the last answer mostly is the next one's too. */
function createRetention(timeline: CompiledTimeline): ContentRetention {
  let version: CompiledVersion | null = null;
  let lastResource: ResourceContext | null = null;
  let lastName = '';
  let last = 0n;
  return (resource, agentName) => {
    const { latest } = timeline;
    if (!latest.keepsContent) return 0n;
    if (resource === lastResource && agentName === lastName && latest === version) return last;
    version = latest;
    lastResource = resource;
    lastName = agentName;
    last = latest.agent({
      service: resource.service,
      namespace: resource.namespace,
      agentName: agentName || resource.agentName,
      agentId: '',
    }).keepsContentNs;
    return last;
  };
}
