/**
 * Where tokens come from: one that stays, or a function that is asked for each call. `stale` is a token that the service
 * found no good, or that runs out soon: answer with another one. A rejection ends the call.
 */
export type TokenSource = string | ((ask: { stale?: string }) => string | Promise<string>);

/** Asks a {@link TokenSource}, and remembers which token is no good. */
export class Tokens {
  #last: string | undefined;
  #stale: string | undefined;

  readonly #source: TokenSource;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  async get(): Promise<string> {
    if (typeof this.#source === "string") return this.#source;
    this.#last = await this.#source(this.#stale === undefined ? {} : { stale: this.#stale });
    return this.#last;
  }

  /** The token is no good; without one, the last one that was given. Whether there may be another. */
  refuse(token: string | undefined = this.#last): boolean {
    this.#stale = token;
    return typeof this.#source !== "string";
  }
}
