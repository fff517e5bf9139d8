import { basename } from 'node:path';
import { bytes, count } from './numbers.ts';

export interface ProgressState {
  readonly file: string;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly received: number;
}

export interface Progress {
  /** `now` in milliseconds, of the clock that `started` was read from. */
  update(state: ProgressState, now: number): void;
  /** A line of its own. */
  say(text: string): void;
  end(): void;
}

const BAR = 30;

/** A bar that redraws itself on a terminal; elsewhere a line at every tenth of a file. */
export function reportProgress(
  out: { readonly isTTY?: boolean; write(text: string): unknown },
  started: number,
): Progress {
  let drawn = false;
  let tenth = -1;
  let file = '';
  return {
    update(state, now) {
      const line = progressLine(state, (now - started) / 1000);
      if (out.isTTY) {
        out.write(`\r\u001b[K${line}`);
        drawn = true;
        return;
      }
      const reached = Math.floor(partOf(state) * 10);
      if (state.file === file && reached === tenth) return;
      [file, tenth] = [state.file, reached];
      out.write(`${line}\n`);
    },
    say(text) {
      out.write(`${text}\n`);
    },
    end() {
      if (drawn) out.write('\r\u001b[K');
    },
  };
}

/** `██████░░░░  61 %  traces.jsonl.gz  12.4 MiB  80,123 items  40,061 items/s` */
export function progressLine(state: ProgressState, seconds: number): string {
  const part = partOf(state);
  const filled = Math.round(part * BAR);
  const rate = seconds > 0 ? Math.round(state.received / seconds) : 0;
  return [
    `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${Math.floor(part * 100)
      .toString()
      .padStart(3)} %`,
    basename(state.file),
    bytes(state.bytesRead),
    `${count(state.received)} items`,
    `${count(rate)} items/s`,
  ].join('  ');
}

function partOf({ bytesRead, bytesTotal }: ProgressState): number {
  return bytesTotal === 0 ? 1 : Math.min(1, bytesRead / bytesTotal);
}
