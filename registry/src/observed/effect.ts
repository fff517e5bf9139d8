import type { ToolEffect } from '../contract/attributes.ts';

/** Verbs by which tools are named, by what a call of theirs most likely does to the world. */
const VERBS: Readonly<Record<ToolEffect, string>> = {
  external: `send email mail post publish notify pay refund transfer charge order book buy purchase call message
    reply issue place deploy`,
  destructive: 'delete remove drop purge reset revoke cancel terminate wipe kill',
  write: `write create update change set save insert add edit modify upsert put store assign approve reject close
    upload record move rename`,
  read: `read get fetch list search find look lookup query check describe show view count calculate compute forecast
    predict summarize classify think`,
};

const EFFECTS = new Map(
  Object.entries(VERBS).flatMap(([effect, verbs]) =>
    verbs.split(/\s+/).map((verb) => [verb, effect as ToolEffect] as const),
  ),
);

/** A guess from the first word of a tool's name that is a known verb; `null` where none is. Never more than a question. */
export function guessEffect(tool: string): ToolEffect | null {
  const words = tool
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  for (const word of words) {
    const effect = EFFECTS.get(word);
    if (effect !== undefined) return effect;
  }
  return null;
}
