import { Code, ConnectError } from "@connectrpc/connect";
import isNetworkError from "is-network-error";
import { Reason } from "./gen/chatsession/v1/error_pb.ts";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.ts";

/** The name of a {@link Reason} as it is on the wire: `LAST_AGENT` for `Reason.LAST_AGENT`. */
export type ReasonName = Exclude<keyof typeof Reason, "UNSPECIFIED">;

/** A field of a request that was refused. */
export interface FieldViolation {
  /** Its path, as in `attributes[2].name`. */
  readonly field: string;
  /** What is wrong with it. */
  readonly description: string;
}

/**
 * A call that was refused, or that didn't get through.
 *
 * `reason` tells programs what happened; the message is for logs. Unless {@link ChatError.isRetryable} says so, the same
 * call will be refused again.
 */
export class ChatError extends ConnectError {
  /** ConnectError takes whatever looks like one for its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && #isChatError in value;
  }

  readonly #isChatError = true;
  /** Why, by the contract's catalogue; unset when the answer isn't the service's, as with a broken network. */
  readonly reason: ReasonName | undefined;
  /** What the reason adds, such as the `choices` of `LAST_AGENT`. */
  readonly metadataOfReason: Readonly<Record<string, string>>;
  /** The fields at fault, with `FIELD_INVALID`. */
  readonly fields: readonly FieldViolation[];
  /** Not to be called again before that many milliseconds; 0 when the service doesn't say. */
  readonly retryDelay: number;

  private constructor(from: ConnectError) {
    super(from.rawMessage, from.code, from.metadata, undefined, from.cause);
    this.details = from.details;
    const info = from.findDetails(ErrorInfoSchema)[0];
    const delay = from.findDetails(RetryInfoSchema)[0]?.retryDelay;
    this.reason = info && info.reason in Reason ? (info.reason as ReasonName) : undefined;
    this.metadataOfReason = info?.metadata ?? {};
    this.fields = from.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations);
    this.retryDelay = delay ? Number(delay.seconds) * 1000 + delay.nanos / 1e6 : 0;
  }

  /** Whatever was thrown, as an error of this kind. */
  static override from(thrown: unknown): ChatError {
    if (thrown instanceof ChatError) return thrown;
    const error = ConnectError.from(thrown);
    // A connection that breaks has no code of its own, and each browser says it in its own words.
    if (!isNetworkError(error.cause)) return new ChatError(error);
    return new ChatError(new ConnectError(error.rawMessage, Code.Unavailable, error.metadata, undefined, error.cause));
  }

  /** The first field at fault. */
  get field(): string | undefined {
    return this.fields[0]?.field;
  }

  /** The same call with the same request id may succeed later, and takes effect once. */
  get isRetryable(): boolean {
    return this.code === Code.Unavailable || this.code === Code.DeadlineExceeded || this.reason === "RATE_LIMITED";
  }

  /** The token is no good, or no longer. */
  get isUnauthenticated(): boolean {
    return this.code === Code.Unauthenticated;
  }
}
