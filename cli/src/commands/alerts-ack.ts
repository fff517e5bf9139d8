import { type Act, keepAct, type PersonalAct } from '../alerts/acknowledge.ts';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { askControl, findControl } from '../control.ts';
import { requireDataFolder } from '../data-folder.ts';
import { usageError } from '../output/fail.ts';
import { printable } from '../output/text.ts';

export interface AckOptions extends Partial<Pick<ClickHouseOptions, 'clickhouse'>> {
  readonly data: string;
  readonly by: string;
  readonly note?: string;
  readonly giveBack?: boolean;
  readonly close?: boolean;
}

/** Says that a person takes an alert, gives it back, or closes it. Throws for an id that stands in no history. */
export async function acknowledge(id: string, options: AckOptions): Promise<void> {
  if (options.giveBack && options.close) throw usageError('an alert is given back or closed, not both');
  const act: Act = options.giveBack ? 'unacknowledged' : options.close ? 'closed' : 'acknowledged';
  const said: PersonalAct = { id, act, person: options.by, note: options.note ?? '' };
  const isKnown =
    options.clickhouse === undefined
      ? await sayHere(said, options.data)
      : await sayThere(said, options.clickhouse);
  if (!isKnown) throw usageError(`there is no alert ${printable(id)}: agentops alerts history lists them`);
  const words: Readonly<Record<Act, string>> = {
    acknowledged: 'has it',
    unacknowledged: 'has given it back',
    closed: 'has closed it',
  };
  process.stdout.write(`${printable(id)}: ${printable(options.by)} ${words[act]}\n`);
}

async function sayThere(said: PersonalAct, clickhouse: string): Promise<boolean> {
  const store = await openClickHouse({ clickhouse, database: 'agentops' });
  try {
    return await keepAct(store, said, Date.now());
  } finally {
    await store.close();
  }
}

/** Through the `up` that holds the data folder, else into its store, held until then. */
async function sayHere(said: PersonalAct, data: string): Promise<boolean> {
  const dataDir = requireDataFolder(data, false);
  const control = await findControl(dataDir);
  if (control !== null)
    return ((await (await askControl(control, '/api/alerts/act', said)).json()) as { known: boolean }).known;
  const { lockDirectory, openForReading } = await import('@agentops/processor');
  const lock = await lockDirectory(dataDir, 'agentops alerts ack');
  try {
    const store = await openForReading(dataDir);
    try {
      return await keepAct(store, said, Date.now());
    } finally {
      await store.close();
    }
  } finally {
    await lock.release();
  }
}
