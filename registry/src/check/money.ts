import { error, type Finding, type Path, warning } from '../diagnostic.ts';
import type { Agent } from '../schema/agent.ts';
import { parseMoney } from '../schema/common.ts';
import type { Organisation } from '../schema/organisation.ts';

/** ISO 4217 codes that this runtime knows. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Is there such a currency, and a rate by which its amounts reach the reporting currency? */
export function* checkCurrency(
  currency: string | undefined,
  path: Path,
  organisation: Organisation,
): Generator<Finding> {
  const reporting = organisation.currency;
  // A reporting currency that does not exist is said where it stands.
  if (currency === undefined || currency === reporting) return;
  if (!CURRENCIES.has(currency)) {
    yield error(
      'unknown-currency',
      path,
      `there is no currency ${currency}`,
      'use a code of ISO 4217, e.g. JPY',
    );
  } else if (CURRENCIES.has(reporting) && !hasRate(organisation, currency)) {
    yield error(
      'missing-rate',
      path,
      `there is no exchange rate from ${currency} to ${reporting}`,
      'add a dated rate under exchange_rates in organisation.yaml',
    );
  }
}

function hasRate({ exchange_rates, currency }: Organisation, from: string): boolean {
  return exchange_rates.some((rate) => rate.from === from && rate.to === currency);
}

export function checkMoney(
  money: string | undefined,
  path: Path,
  organisation: Organisation,
): Iterable<Finding> {
  return money === undefined ? [] : checkCurrency(parseMoney(money).currency, path, organisation);
}

/** The amounts of an agent outside its budgets. */
export function* checkAgentMoney(agent: Agent, organisation: Organisation): Generator<Finding> {
  for (const [index, tool] of agent.tools.entries()) {
    yield* checkMoney(tool.price, ['tools', index, 'price'], organisation);
  }
  for (const [index, slo] of agent.slos.entries()) {
    if (typeof slo.at_most !== 'string' || !slo.at_most.includes(' ')) continue;
    yield* checkMoney(slo.at_most, ['slos', index, 'at_most'], organisation);
  }
  for (const [index, approval] of agent.approvals.entries()) {
    for (const bound of ['over', 'under'] as const) {
      yield* checkMoney(approval[bound], ['approvals', index, bound], organisation);
    }
  }
  yield* checkMoney(agent.value?.hourly_cost, ['value', 'hourly_cost'], organisation);
  yield* checkPrices(agent.prices, organisation);
}

/** Negotiated prices: in known currencies, and one for a model and day. */
export function* checkPrices(prices: Agent['prices'], organisation: Organisation): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, price] of prices.entries()) {
    yield* checkCurrency(price.currency, ['prices', index, 'currency'], organisation);
    const key = JSON.stringify([price.provider ?? '*', price.model, price.valid_from ?? null]);
    if (seen.has(key)) {
      yield error(
        'duplicate',
        ['prices', index],
        `${price.model} has a price already, valid from the same day`,
        'keep one of them, or date the later one with valid_from',
      );
    }
    seen.add(key);
  }
}

interface Amounts {
  readonly soft?: string | undefined;
  readonly hard?: string | undefined;
}

/** Both levels of a budget: at least one, soft below hard, in currencies that can be compared. */
export function* checkAmounts(
  { soft, hard }: Amounts,
  path: Path,
  organisation: Organisation,
): Generator<Finding> {
  if (soft === undefined && hard === undefined) {
    yield error('budget-order', path, 'the budget has neither a soft nor a hard amount', 'add at least one');
  }
  yield* checkMoney(soft, [...path, 'soft'], organisation);
  yield* checkMoney(hard, [...path, 'hard'], organisation);
  if (soft === undefined || hard === undefined) return;
  const [low, high] = [parseMoney(soft), parseMoney(hard)];
  if (low.currency !== high.currency) {
    yield error(
      'budget-order',
      [...path, 'soft'],
      `soft is in ${low.currency}, hard in ${high.currency}`,
      'write both in one currency',
    );
  } else if (Number(low.amount) >= Number(high.amount)) {
    yield error(
      'budget-order',
      [...path, 'soft'],
      'the soft amount is not below the hard one',
      'lower soft or raise hard',
    );
  }
}

/** Dated rates: between known currencies, one a day, and into what is reported. */
export function* checkRates(organisation: Organisation): Generator<Finding> {
  const { currency, exchange_rates } = organisation;
  const seen = new Set<string>();
  for (const [index, { from, to, valid_from }] of exchange_rates.entries()) {
    const at: Path = ['exchange_rates', index];
    for (const side of new Set([from, to])) {
      if (CURRENCIES.has(side) || side === currency) continue;
      yield error('unknown-currency', at, `there is no currency ${side}`, 'use a code of ISO 4217, e.g. JPY');
    }
    if (from === to) {
      yield error('exchange-rate', at, `${from} needs no rate into itself`, 'remove it');
    } else if (to !== currency) {
      yield warning(
        'exchange-rate',
        [...at, 'to'],
        `nothing uses a rate into ${to}: everything is reported in ${currency}`,
        `give the rate from ${from} to ${currency}, or remove it`,
      );
    }
    const key = `${from} ${to} ${valid_from}`;
    if (seen.has(key)) {
      yield error(
        'duplicate',
        at,
        `${from} to ${to} has a rate from ${valid_from} already`,
        'keep one of them',
      );
    }
    seen.add(key);
  }
  if (!CURRENCIES.has(currency)) {
    yield error(
      'unknown-currency',
      ['currency'],
      `there is no currency ${currency}`,
      'use a code of ISO 4217',
    );
  } else if (currency !== 'USD' && !hasRate(organisation, 'USD')) {
    yield warning(
      'missing-rate',
      ['currency'],
      `there is no exchange rate from USD to ${currency}: list prices of models are in USD and will have no cost`,
      `add {from: USD, to: ${currency}, rate: …, valid_from: day} under exchange_rates`,
    );
  }
}
