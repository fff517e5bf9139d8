import { Command, InvalidArgumentError, Option } from 'commander';
import { fail } from './output/fail.ts';

/** Every command loads what it needs when it runs: `--help` loads no engine and no SDK. */
const program = new Command('agentops')
  .description('AI agents as operated workloads: OpenTelemetry in; SLIs, loops and cost per department out')
  .version('0.1.0')
  .showHelpAfterError('(agentops --help shows what there is)')
  .addHelpText('after', '\nBegin with: agentops demo');

const data = () =>
  new Option('--data <dir>', 'where the embedded store lives').default('./data').env('AGENTOPS_DATA');
const registry = () =>
  new Option('--registry <dir>', 'folder of the registry; without one every agent is unregistered').env(
    'AGENTOPS_REGISTRY',
  );
const json = () => new Option('--json', 'print JSON');

program
  .command('up')
  .description('start everything on this machine: OTLP receiver, processor, embedded ClickHouse, start page')
  .addOption(data())
  .addOption(registry())
  .addOption(new Option('--otlp-port <port>', 'port of the OTLP/HTTP receiver').default(4318).argParser(port))
  .addOption(new Option('--page-port <port>', 'port of the start page').default(4380).argParser(port))
  .option('--host <address>', 'address to listen on; any other than loopback needs --token-file', '127.0.0.1')
  .option('--token-file <file>', 'file with the bearer token that senders must present')
  .action(async (options) => (await import('./commands/up.ts')).up(options));

program
  .command('ingest')
  .description('read OTLP files (JSON lines or protobuf, also gzipped) into the store')
  .argument('<file...>', 'files to read')
  .addOption(data())
  .addOption(registry())
  .option('--since <days>', 'accept spans up to this old', days)
  .addOption(json())
  .action(async (files, options) => (await import('./commands/ingest.ts')).ingest(files, options));

program
  .command('report')
  .description('agents, SLIs, cost per department, user and model, coverage and conservation')
  .addOption(data())
  .option('--since <period>', 'how far back: 7d, 24h, or all', 'all')
  .option('--agent <id>', 'one agent only')
  .addOption(json())
  .action(async (options) => (await import('./commands/report.ts')).report(options));

program
  .command('run')
  .description('look at single runs')
  .command('show')
  .description('a run as a tree: think → tool → result, with time, tokens and cost')
  .argument('<id>', 'task id, run id or trace id, or a unique beginning of one')
  .addOption(data())
  .option('--content', 'show masked content where it is kept')
  .addOption(json())
  .action(async (id, options) => (await import('./commands/run-show.ts')).runShow(id, options));

program
  .command('sql')
  .description('ask the store')
  .argument('<query>', 'SQL; the documented views stand in the database agentops')
  .addOption(data())
  .option(
    '--format <format>',
    'any output format of ClickHouse',
    process.stdout.isTTY ? 'PrettyCompactMonoBlock' : 'TabSeparatedWithNames',
  )
  .action(async (query, options) => (await import('./commands/sql.ts')).sql(query, options));

const registryCommand = program.command('registry').description('agents and organisation as code');
registryCommand
  .command('check')
  .description('every problem of a registry at once: where it stands and what to do')
  .argument('[dir]', 'folder of the registry')
  .addOption(registry())
  .addOption(json())
  .action(async (dir, options) =>
    (await import('./commands/registry.ts')).check(dir ?? options.registry, options),
  );

program
  .command('simulate')
  .description('send the telemetry of a simulated fleet through the real SDK')
  .option('--endpoint <url>', 'OTLP/HTTP receiver', 'http://127.0.0.1:4318')
  .option('--seed <number>', 'equal seeds make equal fleets', integer, 1)
  .option('--days <number>', 'days back from now', integer, 7)
  .option('--scale <factor>', 'scales the traffic', Number, 1)
  .addOption(json())
  .action(async (options) => (await import('./commands/simulate.ts')).runSimulation(options));

program
  .command('demo')
  .description('start everything with a sample company, simulate its fleet, print the report')
  .option('--data <dir>', 'where the store lives', './data/demo')
  .addOption(new Option('--otlp-port <port>', 'port of the OTLP/HTTP receiver').default(4318).argParser(port))
  .addOption(new Option('--page-port <port>', 'port of the start page').default(4380).argParser(port))
  .option('--days <number>', 'days to simulate', integer, 7)
  .option('--once', 'end after the report')
  .action(async (options) => (await import('./commands/demo.ts')).demo(options));

program.parseAsync().catch(fail);

function port(text: string): number {
  const value = integer(text);
  if (value > 65_535) throw new InvalidArgumentError('a port is at most 65535');
  return value;
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}

function days(text: string): number {
  return integer(text.replace(/d$/, ''));
}
