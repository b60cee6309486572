// The contract's names, derived from the generated types. Nothing of the event table or of the
// error table is written down here: a code that the document gains is a code of these types.

import type { components } from './generated/openapi.js';

type Schemas = components['schemas'];

/** Any event of a build or a rollback; narrows on `code`. */
export type BuildEvent = Schemas['BuildEvent'];
export type EventCode = BuildEvent['code'];
/** The event of one code. */
export type EventOf<C extends EventCode> = Extract<BuildEvent, { code: C }>;
/** The params of one code. */
export type ParamsOf<C extends EventCode> = EventOf<C>['params'];
export type Phase = Schemas['Phase'];
export type EventType = Schemas['EventType'];
/** A line that a build's command printed. */
export type LogLine = Schemas['LogLine'];

/** What a stream of server-sent events says about itself. */
export type ControlFrame = Schemas['ControlFrame'];
/** What the WebSocket's server sends. */
export type ServerFrame = Schemas['ServerFrame'];
/** What the WebSocket's client sends. */
export type ClientFrame = Schemas['ClientFrame'];
export type ResetReason = Schemas['ResetReason'];
/** What a subscription passes on of them: the same over both transports. */
export type StreamFrame =
  | Exclude<ControlFrame, { type: 'error' }>
  | Extract<ServerFrame, { type: 'locale' }>;

/** The body of every error. */
export type ErrorBody = Schemas['ErrorBody'];
export type ErrorCode = ErrorBody['code'];
