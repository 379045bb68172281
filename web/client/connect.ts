import type { Message } from "@bufbuild/protobuf";
import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { ChatError } from "./error.ts";
import { Administration } from "./gen/chatsession/v1/administration_pb.ts";
import { AgentDesk } from "./gen/chatsession/v1/agent_desk_pb.ts";
import { ChatSession } from "./gen/chatsession/v1/chat_session_pb.ts";
import { EventFeed } from "./gen/chatsession/v1/event_feed_pb.ts";
import { Supervision } from "./gen/chatsession/v1/supervision_pb.ts";
import { type RetryPolicy, retryCall, StreamDelays } from "./retry.ts";
import { type TokenSource, Tokens } from "./token.ts";
import { type CenterStart, type CenterUpdate, watchCenter } from "./watch/center.ts";
import { type DeskUpdate, watchDesk } from "./watch/desk.ts";
import { ANSWER_TIMEOUT, type WatchOptions } from "./watch/keeper.ts";
import { type SessionUpdate, watchSession } from "./watch/session.ts";
import { type TargetFilter, type TargetsUpdate, watchTargets } from "./watch/targets.ts";

/** Where the service is, and who calls. */
export interface ConnectOptions {
  /** As in `https://chat.example.com`; in a page that the service itself serves, `location.origin`. */
  url: string;
  /** A token, or where to ask for one. */
  token: TokenSource;
  /** How long a call is retried while the service can't be reached, in milliseconds; 30 s by default. */
  timeout?: number;
  /** How soon calls and streams are tried again. */
  retry?: RetryPolicy;
  /**
   * How long the service may be silent before a try is given up and made again, in milliseconds; 15 s by default. Of a stream
   * the first message is meant; how often the others come, the service says itself.
   */
  answerTimeout?: number;
  /** Instead of gRPC-Web to `url`: for tests. Told the interceptors to use. */
  transport?: (interceptors: Interceptor[]) => Transport;
}

/** Where a session's stream starts. */
export interface WatchSessionOptions extends WatchOptions {
  /** The last revision that the caller has: `0n` brings all events. Unset: from now on. */
  after?: bigint;
  /** Also bring the session as it stands, in `opened`. Implied when `after` is unset. */
  snapshot?: boolean;
}

/**
 * The service, for one caller. Calls fill their `requestId` and are made again while the service can't be reached, with
 * the same one, so that they take effect once; what fails is a {@link ChatError}.
 */
export interface ChatClient {
  /** Chats with customers. */
  readonly sessions: Client<typeof ChatSession>;
  /** An agent's own desk: state, colleagues, canned responses. */
  readonly desk: Client<typeof AgentDesk>;
  /** For supervisors. */
  readonly supervision: Client<typeof Supervision>;
  /** For integrators: queues, agents, settings. */
  readonly administration: Client<typeof Administration>;
  /**
   * What happens in a session, each event once and in order, however often the connection breaks. Ends with the session,
   * or with the caller's leaving; throws when the service refuses for good. Leaving the loop closes the stream.
   */
  watchSession(sessionId: string, options?: WatchSessionOptions): AsyncIterable<SessionUpdate>;
  /** Everything of the agent. An open one is the agent's presence: it keeps them signed in. Ends when they sign out. */
  watchDesk(options?: WatchOptions): AsyncIterable<DeskUpdate>;
  /** Colleagues and queues to choose from, kept current. Ends only with an error. */
  watchTargets(filter?: TargetFilter, options?: WatchOptions): AsyncIterable<TargetsUpdate>;
  /**
   * For integrators: everything that happens in the center, each commit once and in order. Ends only with an error, such as
   * `POSITION_COMPACTED`: the position is too old.
   */
  watchCenter(start?: CenterStart, options?: WatchOptions): AsyncIterable<CenterUpdate>;
}

const TIMEOUT = 30_000;

/** Connects to the service. Nothing is sent before the first call. */
export function connect(options: ConnectOptions): ChatClient {
  const tokens = new Tokens(options.token);
  const { timeout = TIMEOUT, retry = {}, answerTimeout = ANSWER_TIMEOUT } = options;
  const interceptors = [once(timeout, retry, answerTimeout), authorize(tokens)];
  const transport =
    options.transport?.(interceptors) ??
    createGrpcWebTransport({ baseUrl: options.url, useBinaryFormat: true, interceptors });
  const sessions = createClient(ChatSession, transport);
  const desk = createClient(AgentDesk, transport);
  const feed = createClient(EventFeed, transport);
  const keeping = (rest: WatchOptions) => ({ tokens, delays: new StreamDelays(retry), answerTimeout, ...rest });
  return {
    sessions,
    desk,
    supervision: createClient(Supervision, transport),
    watchSession: (sessionId, { after, snapshot, ...rest } = {}) =>
      watchSession(sessions, { sessionId, after, snapshot: snapshot ?? false }, keeping(rest)),
    watchDesk: (rest = {}) => watchDesk(desk, keeping(rest)),
    administration: createClient(Administration, transport),
    watchCenter: (start = {}, rest = {}) => watchCenter(feed, start, keeping(rest)),
    watchTargets: (filter = {}, rest = {}) => watchTargets(desk, filter, keeping(rest)),
  };
}

/** A call takes effect once, however often it has to be made: its request id is filled before the first try. */
function once(timeout: number, retry: RetryPolicy, answerTimeout: number): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return await refused(next(request));
    const message = request.message as Message & { requestId?: string; wait?: Duration };
    if (message.requestId === "") message.requestId = crypto.randomUUID();
    // What waits for news is silent for so long on purpose.
    const silence = answerTimeout + (message.wait ? durationMs(message.wait) : 0);
    const once = () => answered((signal) => refused(next({ ...request, signal })), silence, request.signal);
    return await retryCall(once, timeout, retry, request.signal);
  };
}

/** Nothing else tells of a connection on which nothing arrives any more. */
async function answered<T>(call: (signal: AbortSignal) => Promise<T>, time: number, signal: AbortSignal): Promise<T> {
  const lost = new AbortController();
  const timer = setTimeout(() => lost.abort(), time);
  try {
    return await call(AbortSignal.any([signal, lost.signal]));
  } catch (thrown) {
    if (!lost.signal.aborted || signal.aborted) throw thrown;
    throw ChatError.from(new ConnectError("no answer came", Code.DeadlineExceeded));
  } finally {
    clearTimeout(timer);
  }
}

async function refused<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    throw ChatError.from(thrown);
  }
}

/** Gives each call the token; asks for another one, once, when it is refused. */
function authorize(tokens: Tokens): Interceptor {
  return (next) => async (request) => {
    const token = await tokens.get();
    request.header.set("authorization", `Bearer ${token}`);
    try {
      return await next(request);
    } catch (thrown) {
      if (!ChatError.from(thrown).isUnauthenticated || !tokens.refuse(token)) throw thrown;
      request.header.set("authorization", `Bearer ${await tokens.get()}`);
      return await next(request);
    }
  };
}
