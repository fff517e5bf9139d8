import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { createProgram } from './program.ts';

/** Every module that a file loads at once, itself included. */
function loadedBy(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b(?! type)[^;]*?from '([^']+)'/gms,
  )) {
    if (name!.startsWith('.')) loadedBy(new URL(name!, file), seen);
    else seen.add(name!);
  }
  return seen;
}

describe('the command line', () => {
  it('loads no engine, SDK or registry before a command runs', () => {
    const outside = [...loadedBy(new URL('./main.ts', import.meta.url))].filter(
      (name) => !name.startsWith('file:'),
    );
    expect(outside.filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
  });

  it('explains every command', () => {
    const walk = (command: ReturnType<typeof createProgram>): string[] =>
      command.commands.flatMap((inner) =>
        inner.description() === '' ? [inner.name()] : walk(inner as typeof command),
      );
    expect(walk(createProgram())).toEqual([]);
  });

  it.each([
    [['up', '--otlp-port', '70000']],
    [['report', '--since', 'yesterday']],
    [['ingest']],
    [['simulate', '--endpoint', 'http://x', '--out', 'file']],
    [['nonsense']],
  ])('refuses %j as wrong usage', async (words) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(createProgram().parseAsync(words, { from: 'user' })).rejects.toSatisfy(
      (error) => error instanceof CommanderError && error.exitCode !== 0,
    );
    expect(stderr.mock.calls.join('')).toContain('error:');
    stderr.mockRestore();
  });
});
