#!/usr/bin/env node
/**
 * Runs real agents against fake models and keeps what they send.
 *
 *   node record.mjs [NAME…] [--out DIR]
 *
 * NAME is a program of node20/, node22/ or python/ without its ending; without one, all that are installed run.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCollector } from './collector.mjs';
import { startModels } from './models.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const FIXTURES = join(HERE, '../../processor/src/dialects/fixtures');
const LONGEST_RUN_MS = 60_000;
const LONGEST_COMPLAINT = 4_000;

/** Where each folder's programs run. */
const RUNTIMES = {
  node20: { ending: '.mjs', command: process.execPath },
  node22: { ending: '.mjs', command: join(HERE, 'node22/node_modules/node/bin/node') },
  python: { ending: '.py', command: join(HERE, 'python/.venv/bin/python') },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
const out = values.out ?? FIXTURES;
mkdirSync(out, { recursive: true });

const programs = Object.entries(RUNTIMES).flatMap(([folder, { ending, command }]) =>
  readdirSync(join(HERE, folder))
    .filter((file) => file.endsWith(ending) && !file.startsWith('_'))
    .map((file) => ({ name: parse(file).name, folder, file: join(HERE, folder, file), command })),
);
const wanted = positionals.length > 0 ? positionals : programs.map(({ name }) => name);
const models = await startModels();
try {
  for (const name of wanted) {
    const program = programs.find((candidate) => candidate.name === name);
    if (program === undefined)
      throw new Error(`no program named ${name}: ${programs.map((p) => p.name).join(', ')}`);
    if (!existsSync(program.command)) throw new Error(`${program.folder}/ is not installed: see README.md`);
    const lines = await record(program);
    writeFileSync(join(out, `${name}.otlp.jsonl`), `${lines.join('\n')}\n`);
    console.log(`${name}: ${lines.length} requests`);
  }
} finally {
  models.close();
}

/** Runs one program to its end and returns its requests. Fails with what it said on stderr. */
async function record({ name, folder, file, command }) {
  const collector = await startCollector((text) => text.replaceAll(join(HERE, folder), '/app'));
  const child = spawn(command, [file], {
    cwd: join(HERE, folder),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LONGEST_RUN_MS,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      OTEL_SERVICE_NAME: 'refund-service',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
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
  const code = await new Promise((resolve) => child.on('close', resolve));
  collector.close();
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${complaint}`);
  if (collector.lines.length === 0) throw new Error(`${name} sent nothing:\n${complaint}`);
  return collector.lines;
}
