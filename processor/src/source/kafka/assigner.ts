import kafkajs, { type PartitionAssigner } from 'kafkajs';

const { AssignerProtocol } = kafkajs;
const NAME = 'agentops-copartition';
const VERSION = 1;

/**
 * Gives partition n of every topic to the same member, so that spans and logs of a trace meet. `onRejoin` is called
 * before each request to join the group, also where kafkajs tells nobody: whatever was assigned is not ours any more.
 */
export function copartition(onRejoin: () => void): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    async assign({ members, topics }) {
      const ids = members.map(({ memberId }) => memberId).sort();
      return ids.map((memberId, index) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          userData: Buffer.alloc(0),
          assignment: Object.fromEntries(
            topics.map((topic) => [
              topic,
              cluster
                .findTopicPartitionMetadata(topic)
                .map(({ partitionId }) => partitionId)
                .filter((partition) => partition % ids.length === index),
            ]),
          ),
        }),
      }));
    },
    protocol({ topics }) {
      onRejoin();
      return {
        name: NAME,
        metadata: AssignerProtocol.MemberMetadata.encode({
          version: VERSION,
          topics,
          userData: Buffer.alloc(0),
        }),
      };
    },
  });
}
