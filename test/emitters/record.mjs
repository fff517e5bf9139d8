#!/usr/bin/env node
/**
 * Runs real agents against fake models and keeps what they send, or lets them send it elsewhere.
 *
 *   node record.mjs [NAME…] [--out DIR | --to URL]
 *
 * NAME is a program of node20/, node22/ or python/ without its ending; without one, all run.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCollector } from './collector.mjs';
import { startModels } from './models.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const FIXTURES = join(HERE, '../../processor/src/dialects/fixtures');
const LONGEST_RUN_MS = 60_000;
const LONGEST_COMPLAINT = 4_000;

/** Telemetry is loaded before the program, as apps do it: some frameworks take their tracer when they are loaded. */
const PRELOAD = ['--import', './_telemetry.mjs'];

/** Where each folder's programs run. */
const RUNTIMES = {
  node20: { ending: '.mjs', command: process.execPath, args: PRELOAD },
  node22: { ending: '.mjs', command: join(HERE, 'node22/node_modules/node/bin/node'), args: PRELOAD },
  python: { ending: '.py', command: join(HERE, 'python/.venv/bin/python'), args: [] },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: FIXTURES }, to: { type: 'string' } },
});

const programs = Object.entries(RUNTIMES).flatMap(([folder, { ending, ...runtime }]) =>
  readdirSync(join(HERE, folder))
    .filter((file) => file.endsWith(ending) && !file.startsWith('_'))
    .map((file) => ({ name: parse(file).name, folder, file: join(HERE, folder, file), ...runtime })),
);
const wanted = positionals.length > 0 ? positionals : programs.map(({ name }) => name);
const models = await startModels();
try {
  for (const name of wanted) {
    const program = programs.find((candidate) => candidate.name === name);
    if (program === undefined)
      throw new Error(`no program named ${name}: ${programs.map((p) => p.name).join(', ')}`);
    if (!existsSync(program.command)) throw new Error(`${program.folder}/ is not installed: see README.md`);
    if (values.to !== undefined) await run(program, values.to);
    else await record(program, values.out);
  }
} finally {
  models.close();
}

/** Runs one program and writes its requests to `<out>/<name>.otlp.jsonl`, one a line. */
async function record(program, out) {
  const collector = await startCollector((text) =>
    text.replaceAll(join(HERE, program.folder), '/app').replaceAll(homedir(), '/home/app'),
  );
  await run(program, `http://127.0.0.1:${collector.port}`);
  collector.close();
  if (collector.lines.length === 0) throw new Error(`${program.name} sent nothing`);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${program.name}.otlp.jsonl`), `${collector.lines.join('\n')}\n`);
  console.log(`${program.name}: ${collector.lines.length} requests`);
}

/** Runs one program to its end. Fails with what it said on stderr. */
async function run({ name, folder, file, command, args }, endpoint) {
  const child = spawn(command, [...args, file], {
    cwd: join(HERE, folder),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LONGEST_RUN_MS,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      OTEL_SERVICE_NAME: 'refund-service',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: `http://127.0.0.1:${models.port}/v1`,
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${models.port}`,
    },
  });
  let complaint = '';
  child.stderr.on('data', (data) => {
    if (complaint.length < LONGEST_COMPLAINT) complaint += data;
  });
  const stop = () => child.kill();
  process.once('SIGTERM', stop);
  const code = await new Promise((resolve) => child.on('close', resolve));
  process.off('SIGTERM', stop);
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${complaint}`);
}
