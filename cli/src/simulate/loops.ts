import { act, delegate, handOver, type Scene, think } from './scene.ts';
import { tally } from './truth.ts';

/** Ways of running in circles. */
export type LoopPattern = 'same-call' | 'cycle' | 'retry-storm' | 'ping-pong';

/** Runs in circles, in one of the ways that this agent's tools and sub-agents allow. */
export function loop(scene: Scene): void {
  const { profile, random, truth } = scene;
  const patterns: LoopPattern[] = ['same-call', 'retry-storm'];
  if (profile.tools.length > 1) patterns.push('cycle');
  if (profile.delegates !== undefined) patterns.push('ping-pong');
  const pattern = random.pick(patterns);
  truth.loops++;
  tally(truth.loopsByPattern, pattern);
  const [least, most] = profile.rounds ?? [5, 14];
  PLAY[pattern](scene, random.int(least, most));
}

const PLAY: Readonly<Record<LoopPattern, (scene: Scene, rounds: number) => void>> = {
  'same-call'(scene, rounds) {
    const call = { tool: scene.profile.tools[0]!, arguments: { id: scene.random.hex(4) }, fails: false };
    for (let i = 0; i < rounds; i++) {
      act(scene, call);
      think(scene);
    }
  },
  cycle(scene, rounds) {
    const args = { id: scene.random.hex(4) };
    for (let i = 0; i < rounds; i++) {
      act(scene, { tool: scene.profile.tools[i % 2]!, arguments: args, fails: false });
      think(scene);
    }
  },
  'retry-storm'(scene, rounds) {
    const call = { tool: scene.profile.tools.at(-1)!, arguments: { id: scene.random.hex(4) }, fails: true };
    for (let i = 0; i < rounds; i++) act(scene, call);
  },
  'ping-pong'(scene, rounds) {
    const { agent } = scene.profile;
    const other = scene.profile.delegates!.agent;
    for (let i = 0; i < rounds; i++) {
      handOver(scene, agent, other);
      delegate(scene, other, (inside) => think(scene, inside));
      handOver(scene, other, agent);
      think(scene);
    }
  },
};
