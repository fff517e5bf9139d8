export type { Report } from './model.ts';
export { readReport } from './read.ts';
export { renderReport } from './render.ts';
