export { type FileSource, type FileSourceOptions, openFileSource } from './file.ts';
export {
  DirectoryHeldError,
  type DirectoryLock,
  directoryHolder,
  type Holder,
  lockDirectory,
} from './lock.ts';
export { openWal, type Wal, type WalEntry, type WalOptions, type WalStats } from './wal/wal.ts';
export { WalFailedError, WalFullError } from './wal/writer.ts';
