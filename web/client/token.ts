/**
 * Where tokens come from: one that stays, or a function that is asked for each call. It is told as `stale` which token runs
 * out soon, or was refused: answer with another one, or, while it isn't refused, with the same for want of another. A
 * rejection ends the call.
 */
export type TokenSource = string | ((ask: TokenAsk) => string | Promise<string>);

/** What is known of the token that was given last. */
export interface TokenAsk {
  /** It shouldn't be given again. */
  stale?: string;
  /** It was refused: it is no good at all. */
  isRefused?: boolean;
}

/** Asks a {@link TokenSource}, and remembers which token is no good. */
export class Tokens {
  #last: string | undefined;
  #ask: TokenAsk = {};
  readonly #source: TokenSource;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  async get(): Promise<string> {
    if (typeof this.#source === "string") return this.#source;
    this.#last = await this.#source(this.#ask);
    return this.#last;
  }

  /** A token was refused; without one, the last one that was given. Whether there may be another. */
  refuse(token: string | undefined = this.#last): boolean {
    if (token !== undefined) this.#ask = { stale: token, isRefused: true };
    return typeof this.#source !== "string";
  }

  /** The last one runs out soon. */
  expire(): void {
    if (this.#last !== undefined && this.#ask.stale !== this.#last) this.#ask = { stale: this.#last };
  }
}
