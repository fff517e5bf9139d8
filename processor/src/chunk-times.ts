/** What the work on a chunk consists of, in order. While one chunk is inserted and committed the next is under way. */
export const CHUNK_PARTS = ['gather', 'load', 'fold', 'claim', 'insert', 'commit'] as const;
export type ChunkPart = (typeof CHUNK_PARTS)[number];

/** When each part began and ended, ms of the pipeline's clock; a part that was not needed is left out. */
export type ChunkTimes = { [Part in ChunkPart]?: readonly [begun: number, ended: number] };

export async function timed<T>(
  times: ChunkTimes,
  part: ChunkPart,
  clock: () => number,
  work: () => Promise<T>,
): Promise<T> {
  const begun = clock();
  const done = await work();
  times[part] = [begun, clock()];
  return done;
}
