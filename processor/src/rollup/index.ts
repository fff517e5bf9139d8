export { keepRollups, type RollupKeeper } from './keep.ts';
export { createMaintainer, type Maintainer, type Round } from './maintainer.ts';
