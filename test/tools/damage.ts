import type { Chance } from './otlp.ts';

/** The same bytes with one to three wounds, as truncated uploads, bad memory and wrong encoders leave them. */
export function damage(random: Chance, body: Buffer): Buffer {
  let out = body;
  for (let wounds = 1 + random.int(3); wounds > 0; wounds--) {
    out = WOUNDS[random.int(WOUNDS.length)]!(random, out, random.int(out.length + 1));
  }
  return out;
}

type Wound = (random: Chance, body: Buffer, at: number) => Buffer;

const WOUNDS: readonly Wound[] = [
  (_, body, at) => body.subarray(0, at),
  (random, body, at) => replace(body, at, (old) => old ^ (1 << random.int(8))),
  (random, body, at) => replace(body, at, () => random.int(256)),
  // Another wire type under the same field number, where a tag stands.
  (random, body, at) => replace(body, at, (old) => (old & 0xf8) | random.int(8)),
  (random, body, at) =>
    Buffer.concat([body.subarray(0, at), Buffer.alloc(random.int(9), random.int(256)), body.subarray(at)]),
  (random, body, at) => Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + random.int(20))]),
  (random, body, at) =>
    Buffer.concat([body.subarray(0, at), body.subarray(at, at + random.int(60)), body.subarray(at)]),
];

function replace(body: Buffer, at: number, by: (old: number) => number): Buffer {
  const out = Buffer.from(body);
  if (at < out.length) out[at] = by(out[at]!);
  return out;
}
