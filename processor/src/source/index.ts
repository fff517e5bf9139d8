export { type FileSource, type FileSourceOptions, openFileSource } from './file.ts';
export {
  DirectoryHeldError,
  type DirectoryLock,
  directoryHolder,
  type Holder,
  lockDirectory,
} from './lock.ts';
export {
  openWal,
  type Wal,
  type WalEntry,
  WalFailedError,
  WalFullError,
  type WalOptions,
  type WalStats,
} from './wal/wal.ts';
