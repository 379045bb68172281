/**
 * ChatSession from browsers and Node: calls that take effect once, refusals that say why, streams that resume by themselves.
 *
 * @packageDocumentation
 */
export { type ChatClient, type ConnectOptions, connect, type WatchSessionOptions } from "./connect.ts";
export { ChatError, type FieldViolation, type ReasonName } from "./error.ts";
export { foldSession, openInvitations } from "./fold.ts";
export * from "./gen/chatsession/v1/administration_pb.ts";
export * from "./gen/chatsession/v1/agent_desk_pb.ts";
export * from "./gen/chatsession/v1/chat_pb.ts";
export * from "./gen/chatsession/v1/chat_session_pb.ts";
export * from "./gen/chatsession/v1/error_pb.ts";
export * from "./gen/chatsession/v1/event_feed_pb.ts";
export * from "./gen/chatsession/v1/event_pb.ts";
export * from "./gen/chatsession/v1/session_pb.ts";
export * from "./gen/chatsession/v1/supervision_pb.ts";
export type { RetryPolicy } from "./retry.ts";
export type { TokenAsk, TokenSource } from "./token.ts";
export type { CenterStart, CenterUpdate } from "./watch/center.ts";
export type { DeskUpdate } from "./watch/desk.ts";
export type { Connection, WatchOptions } from "./watch/keeper.ts";
export type { SessionUpdate } from "./watch/session.ts";
export type { TargetFilter, TargetsUpdate } from "./watch/targets.ts";
