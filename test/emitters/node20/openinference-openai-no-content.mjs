/** The same with inputs and outputs hidden: tokens remain, tools cannot be inferred. */
process.env.HIDE_CONTENT = '1';
await import('./openinference-openai.mjs');
