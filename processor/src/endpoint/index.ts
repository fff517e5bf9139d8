export { USERS, type User } from './access.ts';
export { type OwnerSession, openWithRoles } from './roles.ts';
export { type Endpoint, type EndpointOptions, QUERY_LIMITS, startEndpoint } from './server.ts';
export type { QueryLimits } from './settings.ts';
