import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import {
  parseAssignment,
  parseDays,
  parseFactor,
  parseInstant,
  parsePeriod,
  parsePort,
  parseWhole,
} from './options.ts';

/** The command line. Every command loads what it needs when it runs: `--help` loads no engine and no SDK. */
export function createProgram(): Command {
  const program = new Command('agentops')
    .description('AI agents as operated workloads: OpenTelemetry in; SLIs and cost per department out.')
    .version(version())
    .exitOverride()
    // `registry set ID --version 2.4.0` is an agent's version, not a question for ours.
    .enablePositionalOptions()
    .showHelpAfterError('(add --help to see what there is)')
    .addHelpText('after', examples('npx agentops demo', 'npx agentops up --registry registry/company'))
    .addHelpText('after', EXIT_CODES);

  program
    .command('up')
    .description(
      'Start everything on this machine: OTLP receiver, processor, ClickHouse in this process with its HTTP interface, start page.',
    )
    .addOption(data())
    .addOption(registry())
    .addOption(otlpPort())
    .addOption(pagePort())
    .addOption(clickhousePort())
    .option(
      '--clickhouse-host <address>',
      'address of the ClickHouse endpoint; beyond loopback --clickhouse-users is needed',
      '127.0.0.1',
    )
    .option(
      '--clickhouse-users <file>',
      'file with a user (analyst, grafana, writer, admin) and a token on each line; on loopback the analyst needs none',
    )
    .option(
      '--host <address>',
      'address of the OTLP receiver; beyond loopback --token-file is needed',
      '127.0.0.1',
    )
    .option('--token-file <file>', 'file with the bearer token that senders must present')
    .addOption(alertmanager())
    .addOption(webhook())
    .option('--alerts', 'evaluate the alert rules also when nobody is told: the page /alerts shows them')
    .addOption(grafanaUrl())
    .addHelpText('after', examples('agentops up --data ./data --registry ./registry'))
    .action(async (options) => (await import('./commands/up.ts')).up(options));

  program
    .command('process')
    .description(
      'The processor of the production form: from Kafka into a ClickHouse server, any number of them in a group. Reads its configuration from the environment: KAFKA_BROKERS, KAFKA_GROUP_ID, KAFKA_TLS…, KAFKA_SASL_…, AGENTOPS_SECRET.',
    )
    .addOption(clickhouse())
    .addOption(database())
    .addOption(
      new Option('--health-port <port>', 'port of /healthz, /readyz and /metrics, 0 for any free one')
        .default(9464)
        .env('AGENTOPS_HEALTH_PORT')
        .argParser(parsePort),
    )
    .addOption(
      new Option('--health-host <address>', 'address of them')
        .default('127.0.0.1')
        .env('AGENTOPS_HEALTH_HOST'),
    )
    .addOption(
      new Option(
        '--traces <url>',
        'OTLP/HTTP receiver for the processor’s own traces, a span a chunk; none are made without it',
      ).env('AGENTOPS_TRACES_ENDPOINT'),
    )
    .addHelpText(
      'after',
      examples('KAFKA_BROKERS=kafka:9092 agentops process --clickhouse http://writer@clickhouse:8123'),
    )
    .action(async (options) => (await import('./commands/process.ts')).runProcessor(options));

  program
    .command('migrate')
    .description('Bring the tables and views of a ClickHouse server to this version. Safe to repeat.')
    .addOption(clickhouse().makeOptionMandatory())
    .addOption(database())
    .option('--cluster <name>', 'replicated tables on this cluster')
    .option(
      '--retention <days>',
      'how long steps and what follows from them are kept; 0 for ever',
      parseWhole,
      0,
    )
    .addHelpText('after', examples('agentops migrate --clickhouse http://admin@clickhouse:8123'))
    .action(async (options) => (await import('./commands/migrate.ts')).runMigrate(options));

  program
    .command('backup')
    .description(
      'Copy a data folder that nobody holds, completely or not at all, with the digest of every file. Stop agentops up first.',
    )
    .argument('<to>', 'folder in which a new one is made, named by the time')
    .addOption(data())
    .addOption(json())
    .addHelpText('after', examples('agentops backup --data ./data /var/backups/agentops'))
    .action(async (to, options) => (await import('./commands/backup.ts')).backup(to, options));

  program
    .command('restore')
    .description('Make a data folder of a backup, once every file of it is found undamaged.')
    .argument('<from>', 'what agentops backup has made')
    .addOption(data())
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops restore /var/backups/agentops/2026-11-23T03-17-00Z --data ./data'),
    )
    .action(async (from, options) => (await import('./commands/backup.ts')).restoreBackup(from, options));

  program
    .command('move')
    .description(
      'Copy every table of a data folder to a ClickHouse server, and compare both sides. Stop agentops up first; safe to repeat.',
    )
    .addOption(data())
    .addOption(clickhouse().makeOptionMandatory())
    .addOption(database())
    .addOption(json())
    .addHelpText('after', examples('agentops move --data ./data --clickhouse http://admin@clickhouse:8123'))
    .action(async (options) => (await import('./commands/move.ts')).move(options));

  program
    .command('ingest')
    .description('Read OTLP files into the store: JSON lines, JSON or protobuf, plain or gzipped.')
    .argument('<file...>', 'files to read')
    .addOption(data())
    .addOption(registry())
    .option('--since <days>', 'accept spans up to this old', parseDays)
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops ingest traces.otlp.jsonl.gz', 'agentops ingest --since 400d old/*.jsonl'),
    )
    .action(async (files, options) => (await import('./commands/ingest.ts')).ingest(files, options));

  program
    .command('report')
    .description('Agents, SLIs, cost per department, user and model, coverage, violations, conservation.')
    .addOption(data())
    .addOption(
      new Option('--since <period>', 'how far back: 24h, 7d, … or all')
        .default(null, 'all')
        .argParser(parsePeriod),
    )
    .option('--agent <id>', 'one agent only')
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops report --since 7d', 'agentops report --agent customer-support --json'),
    )
    .action(async (options) => (await import('./commands/report.ts')).report(options));

  program
    .command('run')
    .description('Look at single runs.')
    .command('show')
    .description('A task as a tree, run by run: think → tool → result, with time, tokens and cost.')
    .argument('<id>', 'task id, business reference, run id or trace id, or a unique beginning of one')
    .addOption(data())
    .option('--content', 'show masked inputs and outputs, where they are kept')
    .addOption(json())
    .action(async (id, options) => (await import('./commands/run-show.ts')).runShow(id, options));

  program
    .command('sql')
    .description(
      'Ask the store. The documented views stand in the database agentops; questions change nothing.',
    )
    .argument('<query>', 'one SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS statement')
    .addOption(data())
    .option(
      '--format <format>',
      'any output format of ClickHouse (on a terminal PrettyCompact, else TabSeparatedWithNames)',
    )
    .addHelpText(
      'after',
      examples(
        'agentops sql "SHOW TABLES FROM agentops"',
        'agentops sql "SELECT department, sum(cost) FROM agentops.cost_by_department GROUP BY department" --format CSV',
      ),
    )
    .action(async (query, options) => (await import('./commands/sql.ts')).sql(query, options));

  const registryCommand = program.command('registry').description('Agents and organisation as code.');
  registryCommand
    .command('check')
    .description(
      'Every problem of a registry at once: where it stands and what to do. Exit code 1 when there are errors.',
    )
    .argument('[dir]', 'folder of the registry')
    .addOption(registry())
    .addOption(json())
    .addHelpText('after', examples('agentops registry check registry/company'))
    .action(async (dir, options) =>
      (await import('./commands/registry.ts')).check(dir ?? options.registry, options),
    );
  registryCommand
    .command('schema')
    .description('The JSON Schema of the registry files, for editors.')
    .argument('[file]', 'agent or organisation', 'agent')
    .action(async (file) => (await import('./commands/registry.ts')).printSchema(file));

  registryCommand
    .command('publish')
    .description('Publish a registry to a ClickHouse server: processors never read YAML.')
    .argument('[dir]', 'folder of the registry')
    .addOption(registry())
    .addOption(clickhouse())
    .addOption(database())
    .option(
      '--valid-in <seconds>',
      'from when it applies: time for every processor to read it',
      parseWhole,
      60,
    )
    .addHelpText(
      'after',
      examples('agentops registry publish ./registry --clickhouse http://writer@clickhouse:8123'),
    )
    .action(async (dir, options) =>
      (await import('./commands/migrate.ts')).publish(dir ?? options.registry, options),
    );

  registryCommand
    .command('adopt')
    .description('Write first entries for the agents that telemetry shows and the registry does not know.')
    .argument('[dir]', 'folder of the registry; made when it is not there')
    .addOption(registry())
    .addOption(data())
    .option('--agent <name...>', 'these agents only, as the telemetry names them')
    .addOption(days('how far back to look'))
    .option('--dry-run', 'print what would be written')
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops registry adopt ./registry', 'agentops registry check ./registry'),
    )
    .action(async (dir, options) =>
      (await import('./commands/registry-adopt.ts')).adopt(dir ?? options.registry, options),
    );
  registryCommand
    .command('set')
    .description(
      'Change one entry, as a deploy pipeline does: nothing else in the file moves. Exit code 1 when the agent is unknown or the entry would become wrong.',
    )
    .argument('<id>', 'agent')
    .addOption(registry())
    .option('--version <version>', 'version of the agent that runs from now on')
    .option('--stage <stage>', 'pilot, production or retired')
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops registry set customer-support --version 5.2.0 --registry ./registry'),
    )
    .action(async (id, options) => (await import('./commands/registry-set.ts')).set(id, options));
  registryCommand
    .command('plan')
    .description(
      'What a change of the registry changes: entries, dashboards, rules and routes, and what it loosens. For a pull request.',
    )
    .argument('[dir]', 'folder of the registry')
    .addOption(registry())
    .requiredOption('--against <dir>', 'folder of the registry before the change')
    .option('--markdown', 'as a comment of a pull request')
    .option('--strict', 'exit code 1 when something is loosened')
    .addOption(json())
    .addHelpText('after', examples('agentops registry plan ./registry --against ../main/registry --markdown'))
    .action(async (dir, options) =>
      (await import('./commands/registry-plan.ts')).plan(dir ?? options.registry, options),
    );
  registryCommand
    .command('codeowners')
    .description(
      "Print a CODEOWNERS file with a section that asks owner and operator of an agent for a change of its entry. Nothing of theirs is changed; done again, it replaces the section. GitLab's asks for both roles, GitHub's is content with one.",
    )
    .argument('[file]', 'their CODEOWNERS; the section alone when left out')
    .addOption(registry())
    .option('--gitlab', "in GitLab's sections")
    .addHelpText(
      'after',
      examples('agentops registry codeowners .github/CODEOWNERS --registry ./registry > CODEOWNERS'),
    )
    .action(async (file, options) =>
      (await import('./commands/registry-codeowners.ts')).printCodeOwners(file, options),
    );
  registryCommand
    .command('drift')
    .description(
      'The registry against telemetry: unregistered, silent and retired agents, undeclared tools, models, versions and data, stale entries.',
    )
    .argument('[dir]', 'folder of the registry')
    .addOption(registry())
    .addOption(data())
    .addOption(days('what was not seen in so many days is stale'))
    .option('--strict', 'exit code 1 when anything has drifted')
    .addOption(json())
    .addHelpText('after', examples('agentops registry drift ./registry --strict'))
    .action(async (dir, options) =>
      (await import('./commands/registry-drift.ts')).drift(dir ?? options.registry, options),
    );

  program
    .command('collector')
    .description('The OpenTelemetry Collector before the pipeline.')
    .command('losses')
    .description(
      'Ask Collectors what they lost for good (their Prometheus metrics), and enter it into conservation as declared drops.',
    )
    .argument('<url...>', 'http://host:8888/metrics of each Collector')
    .addOption(clickhouse().makeOptionMandatory())
    .addOption(database())
    .option('--every <seconds>', 'ask again and again; once when left out', parseWhole)
    .addHelpText(
      'after',
      examples(
        'agentops collector losses http://collector:8888/metrics --every 30 --clickhouse http://writer@clickhouse:8123',
      ),
    )
    .action(async (urls, options) =>
      (await import('./commands/collector-losses.ts')).collectorLosses(urls, options),
    );

  program
    .command('generate')
    .description(
      'Write every file that the registry gives: dashboards, alert rules, routes, runbooks, Collector configuration.',
    )
    .addOption(registry())
    .option('--out <dir>', 'folder that holds dashboards/, alerts/ and deploy/', '.')
    .option('--check', 'write nothing; exit code 1 when a file is not in step')
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops generate --registry ./registry', 'agentops generate --registry ./registry --check'),
    )
    .action(async (options) => (await import('./commands/generate.ts')).generate(options));

  program
    .command('dashboards')
    .description('The generated dashboards without a Grafana.')
    .command('preview')
    .description(
      'Show them on a local page, over a data folder or a ClickHouse server; a running "agentops up" shows them already.',
    )
    .addOption(data())
    .addOption(registry())
    .addOption(clickhouse())
    .addOption(database())
    .addOption(pagePort())
    .addHelpText(
      'after',
      examples(
        'agentops dashboards preview --data ./data --registry ./registry',
        'agentops dashboards preview --registry ./registry --clickhouse http://grafana@clickhouse:8123',
      ),
    )
    .action(async (options) => (await import('./commands/dashboards-preview.ts')).previewDashboards(options));

  const alerts = program.command('alerts').description('Alert rules without Grafana, and whom they reach.');
  alerts
    .command('run')
    .description(
      'Evaluate the rules of the published registry over a ClickHouse server, and tell an Alertmanager or a webhook. Several may run: one of them tells.',
    )
    .addOption(clickhouse().makeOptionMandatory())
    .addOption(alertmanager())
    .addOption(webhook())
    .addOption(grafanaUrl())
    .addHelpText(
      'after',
      examples(
        'agentops alerts run --clickhouse http://writer@clickhouse:8123 --alertmanager http://alertmanager:9093',
      ),
    )
    .action(async (options) => (await import('./commands/alerts.ts')).runAlerts(options));
  alerts
    .command('listen')
    .description(
      'Take the webhooks of Grafana, Alertmanager, PagerDuty and others into a ClickHouse server: who was told of an alert, who took it, when it ended. On one machine "agentops up" takes them. Secrets: AGENTOPS_GRAFANA_WEBHOOK_SECRET, AGENTOPS_ALERTMANAGER_WEBHOOK_TOKEN, AGENTOPS_PAGERDUTY_WEBHOOK_SECRET, AGENTOPS_GENERIC_WEBHOOK_SECRET, or a file each, named by …_FILE.',
    )
    .addOption(clickhouse().makeOptionMandatory())
    .addOption(
      new Option('--port <port>', 'port of the webhooks, 0 for any free one')
        .default(4319)
        .argParser(parsePort),
    )
    .option('--host <address>', 'address of the webhooks; every sender proves itself', '127.0.0.1')
    .addHelpText(
      'after',
      examples('agentops alerts listen --clickhouse http://writer@clickhouse:8123 --host 0.0.0.0'),
    )
    .action(async (options) => (await import('./commands/alerts-listen.ts')).listenForAlerts(options));
  alerts
    .command('test')
    .description('Replay OTLP files: which rules of a registry would have fired when, and for whom.')
    .argument('<file...>', 'files to read')
    .addOption(registry())
    .addOption(
      new Option('--since <period>', 'how far back from the end of the telemetry: 24h, 7d, … or all')
        .default(86_400, '24h')
        .argParser(parsePeriod),
    )
    .option('--every <seconds>', 'time between two evaluations', parseWhole, 1800)
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops alerts test incident.otlp.jsonl --registry ./registry --every 60'),
    )
    .action(async (files, options) => (await import('./commands/alerts-test.ts')).testAlerts(files, options));
  alerts
    .command('status')
    .description('What fires or is about to, and what fired last, of a data folder or a ClickHouse server.')
    .addOption(data())
    .addOption(clickhouse())
    .addOption(json())
    .addHelpText('after', examples('agentops alerts status --data ./data'))
    .action(async (options) => (await import('./commands/alerts.ts')).alertStatus(options));
  alerts
    .command('history')
    .description('What fired, who took it and after how long; or the alerts on which nobody acts.')
    .addOption(data())
    .addOption(clickhouse())
    .option('--days <days>', 'the last so many days', parseDays, 30)
    .option('--unacted', 'alerts of the last 30 days on which nobody has acted once')
    .addOption(json())
    .addHelpText(
      'after',
      examples('agentops alerts history --data ./data', 'agentops alerts history --data ./data --unacted'),
    )
    .action(async (options) => (await import('./commands/alerts-history.ts')).alertHistory(options));
  alerts
    .command('ack')
    .description('Say that somebody takes an alert, gives it back, or closes it.')
    .argument('<id>', 'id of the alert: agentops alerts history lists them')
    .requiredOption('--by <person>', 'who does it')
    .option('--note <text>', 'what is to be said beside it')
    .option('--give-back', 'nobody has it any more')
    .option('--close', 'it is done')
    .addOption(data())
    .addOption(clickhouse())
    .addHelpText('after', examples('agentops alerts ack 3f2a81c09d4e --by minato.ueda'))
    .action(async (id, options) => (await import('./commands/alerts-ack.ts')).acknowledge(id, options));

  program
    .command('metrics')
    .description(
      'Metrics of agents for Prometheus, read from a ClickHouse server: events of objectives, cost, circles, budgets, silence. On one machine "agentops up" serves them at /metrics of its page. Several may run: one of them counts.',
    )
    .addOption(clickhouse().makeOptionMandatory())
    .addOption(database())
    .addOption(
      new Option('--port <port>', 'port of /metrics and /healthz, 0 for any free one')
        .default(9465)
        .argParser(parsePort),
    )
    .option('--host <address>', 'address of them', '127.0.0.1')
    .addHelpText(
      'after',
      examples('agentops metrics --clickhouse http://writer@clickhouse:8123 --host 0.0.0.0'),
    )
    .action(async (options) => (await import('./commands/metrics.ts')).serveMetrics(options));

  program
    .command('slo')
    .description('Objectives.')
    .command('suggest')
    .description(
      'What was measured of each agent, with its interval, and which objective to begin with; none where too little was judged.',
    )
    .addOption(data())
    .addOption(clickhouse())
    .option('--agent <id>', 'one agent only')
    .option('--days <days>', 'the last so many days', parseDays, 28)
    .addOption(json())
    .addHelpText('after', examples('agentops slo suggest --data ./data --agent it-helpdesk'))
    .action(async (options) => (await import('./commands/slo-suggest.ts')).sloSuggest(options));

  program
    .command('grafana')
    .description('A Grafana that mounts no files.')
    .command('push')
    .description(
      'Send the dashboards over the HTTP API, and remove those of ours that are not generated any more. GRAFANA_TOKEN: token of a service account.',
    )
    .addOption(registry())
    .requiredOption('--url <url>', 'address of the Grafana')
    .option('--dry-run', 'print what would be sent')
    .addHelpText(
      'after',
      examples('agentops grafana push --registry ./registry --url https://grafana.example --dry-run'),
    )
    .action(async (options) => (await import('./commands/grafana-push.ts')).push(options));

  alerts
    .command('merge')
    .description(
      "Add our route, receivers, inhibitions and maintenance windows to an Alertmanager configuration, or our branch to a tree of Grafana's notification policies (exported for provisioning), and print it. Nothing of theirs is changed; done again, it replaces what it added.",
    )
    .argument('<file>', 'their configuration, or their policies')
    .addOption(registry())
    .addHelpText(
      'after',
      examples('agentops alerts merge alertmanager.yml --registry ./registry > merged.yml'),
    )
    .action(async (file, options) => (await import('./commands/alerts-merge.ts')).mergeAlerts(file, options));

  program
    .command('outcome')
    .description('Verdicts on tasks, given after the work.')
    .command('import')
    .description(
      'Read verdicts from CSV with a header, JSON Lines or JSON: task_id or task_ref, outcome, source, by, at, evidence, environment. Importing twice changes nothing; a verdict on a task that is not here waits for it.',
    )
    .argument('<file...>', 'files to read')
    .addOption(data())
    .option('--source <source>', 'human, system, evaluator or agent, where a row does not say')
    .option('--by <name>', 'who gave the verdict, where a row does not say')
    .option('--at <time>', 'when it was given, where a row does not say: 2026-11-01T09:30:00Z')
    .option('--environment <name>', 'where the work ran, where a row does not say')
    .option(
      '--column <field=name...>',
      'how the file calls a field, e.g. task_ref="Order no."',
      parseAssignment,
      {},
    )
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'agentops outcome import verdicts.csv --source human --by mei.fujita',
        'agentops outcome import tickets.jsonl --source system --by helpdesk --column task_ref=ticket at=closed_at',
      ),
    )
    .action(async (files, options) =>
      (await import('./commands/outcome-import.ts')).importOutcomes(files, options),
    );

  program
    .command('simulate')
    .description('Send the telemetry of a simulated fleet, through the real OpenTelemetry SDK.')
    .addOption(
      new Option('--endpoint <url>', 'OTLP/HTTP receiver').default('http://127.0.0.1:4318').conflicts('out'),
    )
    .option('--out <file>', 'write OTLP JSON lines to a file instead of sending them')
    .option('--token-file <file>', 'file with the bearer token of the receiver')
    .option('--seed <number>', 'equal seeds and times make equal fleets', parseWhole, 1)
    .option('--days <number>', 'days to simulate', parseDays, 7)
    .addOption(
      new Option('--until <time>', 'end of the simulated time')
        .default(undefined, 'now')
        .argParser(parseInstant),
    )
    .option('--scale <factor>', 'traffic of every agent, times this', parseFactor, 1)
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'agentops simulate --days 30',
        'agentops simulate --seed 7 --until 2026-11-01 --out fleet.jsonl',
      ),
    )
    .action(async (options) => (await import('./commands/simulate.ts')).runSimulation(options));

  program
    .command('demo')
    .description(
      'The whole product on a sample company: start everything, simulate its fleet, print the report.',
    )
    .addOption(
      new Option('--data <dir>', 'where the store of the demo lives; made anew').default('./data/demo'),
    )
    .addOption(otlpPort())
    .addOption(pagePort())
    .addOption(clickhousePort())
    .option('--days <number>', 'days to simulate', parseDays, 7)
    .option('--seed <number>', 'equal seeds make equal fleets', parseWhole, 1)
    .option('--once', 'end after the report instead of leaving the endpoints open')
    .action(async (options) => (await import('./commands/demo.ts')).demo(options));

  return program;
}

const EXIT_CODES =
  '\nExit codes: 0 done, 1 failed or problems found, 2 wrong usage. AGENTOPS_DEBUG=1 shows stacks.';

const data = (): Option =>
  new Option('--data <dir>', 'where the embedded store lives').default('./data').env('AGENTOPS_DATA');
const registry = (): Option =>
  new Option('--registry <dir>', 'folder of the registry; without one every agent is unregistered').env(
    'AGENTOPS_REGISTRY',
  );
const days = (meaning: string): Option =>
  new Option('--days <number>', meaning).default(30).argParser(parseDays);
const json = (): Option => new Option('--json', 'print JSON');
const otlpPort = (): Option =>
  new Option('--otlp-port <port>', 'port of the OTLP/HTTP receiver, 0 for any free one')
    .default(4318)
    .argParser(parsePort);
const pagePort = (): Option =>
  new Option('--page-port <port>', 'port of the start page, 0 for any free one')
    .default(4380)
    .argParser(parsePort);
const clickhouse = (): Option =>
  new Option('--clickhouse <url>', 'the store, as http://user@host:8123').env('AGENTOPS_CLICKHOUSE_URL');
const database = (): Option =>
  new Option('--database <name>', 'database of the store').default('agentops').env('AGENTOPS_DATABASE');
const alertmanager = (): Option =>
  new Option('--alertmanager <url>', 'Alertmanager that is told of alerts, as http://host:9093').env(
    'AGENTOPS_ALERTMANAGER_URL',
  );
const webhook = (): Option =>
  new Option('--webhook <url>', "told of alerts as by Alertmanager's webhook receiver").env(
    'AGENTOPS_ALERT_WEBHOOK_URL',
  );
const grafanaUrl = (): Option =>
  new Option('--grafana-url <url>', 'where alerts link to for their dashboards').env('AGENTOPS_GRAFANA_URL');
const clickhousePort = (): Option =>
  new Option('--clickhouse-port <port>', "port of ClickHouse's HTTP interface, 0 for any free one")
    .default(8123)
    .argParser(parsePort);

function examples(...lines: readonly string[]): string {
  return `\nFor example:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return version;
}
