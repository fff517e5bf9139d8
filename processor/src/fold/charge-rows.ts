import type { Usage } from '../model.ts';
import type { StepRow } from '../steps/row.ts';
import type { Blocks } from '../store/tables.ts';
import type { Attribution } from './attribution.ts';
import type { Charge } from './ports.ts';

/** `charge` null: takes back what an earlier state of the set may have charged. */
export function writeCharge(
  block: Blocks['costLedger'],
  step: StepRow,
  at: Attribution,
  charge: Charge | null,
  version: number,
): void {
  const c = block.columns;
  const row = block.select(step, at);
  const kind = charge?.kind ?? (step.kind === 'tool' ? 'tool' : 'model');
  const provider = charge?.provider ?? step.provider;
  c.kind.set(row, kind);
  c.charge_id.set(row, provider);
  c.provider.set(row, provider);
  if (kind === 'tool') c.tool.set(row, step.toolName);
  c.version.set(row, version);
  if (charge === null) {
    c.deleted.set(row, 1);
    return;
  }
  const usage = kind === 'model' ? step.usage : null;
  if (usage !== null) {
    c.usage_known.set(row, 1);
    writeUsage(c, row, usage);
  }
  c.model.set(row, charge.model);
  c.amount.set(row, charge.amount);
  c.amount_currency.set(row, charge.amountCurrency);
  c.reported_amount.set(row, charge.reportedAmount);
  c.reported_currency.set(row, charge.reportedCurrency);
  c.cost.set(row, charge.cost);
  c.currency.set(row, charge.currency);
  c.state.set(row, charge.state);
  c.price_id.set(row, charge.priceId);
  c.confidence.set(row, charge.confidence);
}

function writeUsage(c: Blocks['costLedger']['columns'], row: number, usage: Usage): void {
  c.input_tokens.set(row, usage.input);
  c.cached_input_tokens.set(row, usage.cachedInput);
  c.output_tokens.set(row, usage.output);
  if (usage.reasoning > 0) c.reasoning_tokens.set(row, usage.reasoning);
  if (usage.cacheWrite === 0) return;
  c.cache_write_tokens.set(row, usage.cacheWrite);
  c.cache_write_5m_tokens.set(row, usage.cacheWrite5m);
  c.cache_write_1h_tokens.set(row, usage.cacheWrite1h);
}
