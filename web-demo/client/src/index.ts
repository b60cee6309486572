// Everything but the React hook, which is `@buildcast/client/react`.

export type * from './contract.js';
export type { components, operations, paths } from './generated/openapi.js';
export { ApiError, readError } from './error.js';
export type {
  StreamProblem,
  StreamState,
  SubscribeOptions,
  Subscription,
  TokenReason,
  TransportName,
  WebSocketConstructor,
  WebSocketLike,
} from './options.js';
export { request } from './request.js';
export type { AnswerOf, Method, PathWith, RequestOptions } from './request.js';
export { subscribeBuild, subscribeLogs, subscribeProject, subscribeReplay } from './subscribe.js';
