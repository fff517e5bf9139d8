import type { Admin } from 'kafkajs';
import type { Position } from './assignment.ts';
import { sourceName } from './records.ts';

export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: number[];
}

/** What stands beside a committed offset for whoever takes the partition over; '' when nothing is claimed. */
export function claimText({ next, claimed }: Position): string {
  return claimed > next ? JSON.stringify({ claimed }) : '';
}

/** The inverse: what is not ours claims nothing. */
export function readClaim(next: number, text: string | null): Position {
  try {
    const { claimed } = JSON.parse(text ?? '') as { claimed?: unknown };
    return { next, claimed: typeof claimed === 'number' && claimed > next ? claimed : next };
  } catch {
    return { next, claimed: next };
  }
}

/** Where the group stands in these partitions, by source name: at what was committed, else at the beginning. */
export async function readPositions(
  admin: Admin,
  groupId: string,
  assigned: readonly TopicPartitions[],
): Promise<Map<string, Position>> {
  const positions = new Map<string, Position>();
  const topics = assigned.filter(({ partitions }) => partitions.length > 0);
  if (topics.length === 0) return positions;
  const committed = await admin.fetchOffsets({ groupId, topics: topics.map(({ topic }) => topic) });
  for (const { topic, partitions } of topics) {
    const first = new Map((await admin.fetchTopicOffsets(topic)).map((at) => [at.partition, Number(at.low)]));
    const known = new Map(
      committed.find((one) => one.topic === topic)?.partitions.map((one) => [one.partition, one]) ?? [],
    );
    for (const partition of [...partitions].sort((a, b) => a - b)) {
      const before = known.get(partition);
      const next = Math.max(Number(before?.offset ?? -1), first.get(partition) ?? 0);
      positions.set(sourceName(topic, partition), readClaim(next, before?.metadata ?? null));
    }
  }
  return positions;
}
