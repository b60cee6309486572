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

/** The body of every error; narrows on `code`. */
export type ErrorBody = Schemas['ErrorBody'];
export type ErrorCode = ErrorBody['code'];
/** The body of one code. */
export type ErrorOf<C extends ErrorCode> = Extract<ErrorBody, { code: C }>;
/** An error as a frame of a stream. */
export type ErrorFrame = ErrorBody & { type: 'error' };

// A generator that meets a union within a frame may lose its discriminator: the error frame is put together here.
/** What a stream of server-sent events says about itself. */
export type ControlFrame = Exclude<Schemas['ControlFrame'], { type: 'error' }> | ErrorFrame;
/** What the WebSocket's server sends. */
export type ServerFrame = Exclude<Schemas['ServerFrame'], { type: 'error' }> | (ErrorFrame & { stream?: string | null });
/** What the WebSocket's client sends. */
export type ClientFrame = Schemas['ClientFrame'];
export type ResetReason = Schemas['ResetReason'];
/** What a subscription passes on of them: the same over both transports. */
export type StreamFrame =
  | Exclude<ControlFrame, { type: 'error' }>
  | Extract<ServerFrame, { type: 'locale' }>;
