export { type Assignment, openAssignment, type Position } from './assignment.ts';
export { registerCodecs } from './codecs.ts';
export { type KafkaSettings, readKafkaSettings, type SettingProblem } from './config.ts';
export { FETCH, joinGroup, type KafkaGroup, type KafkaGroupOptions } from './group.ts';
export { sourceName } from './records.ts';
