import type { TokenSource } from "@chatsession/client";
import { kept } from "./kept.ts";
import { Store } from "./store.ts";

/** What a token says of its holder. Read for display only: the service decides what it is worth. */
export interface Claims {
  sub: string;
  role: string;
  center: string;
  exp: number;
}

/** The page's token: from the address, or pasted; kept while the tab is open. */
export class PageToken extends Store {
  token: string | undefined;
  /** The token runs out or is no good, and another one is asked for. */
  isStale = false;
  readonly #page: string;
  #waiting: ((token: string) => void)[] = [];

  constructor(page: string) {
    super();
    this.#page = page;
    this.token = kept.get<string | undefined>(`${page}.token`, undefined);
    this.#takeFromAddress();
    addEventListener("hashchange", () => this.#takeFromAddress());
  }

  get claims(): Claims | undefined {
    return this.token === undefined ? undefined : claims(this.token);
  }

  /** Another token. One of somebody else starts the page over. */
  give(token: string): void {
    const before = this.claims;
    kept.put(`${this.#page}.token`, token);
    const after = claims(token);
    if (before && after && (before.sub !== after.sub || before.center !== after.center || before.role !== after.role)) {
      location.reload();
      return;
    }
    this.token = token;
    this.isStale = false;
    for (const resolve of this.#waiting.splice(0)) resolve(token);
    this.changed();
  }

  forget(): void {
    kept.put(`${this.#page}.token`, undefined);
    this.token = undefined;
    this.changed();
  }

  /** For the client: asks a person for another token, and waits for it once this one is no good at all. */
  readonly source: TokenSource = ({ stale, isRefused }) => {
    if (this.token !== undefined && this.token !== stale) return this.token;
    if (!this.isStale) {
      this.isStale = true;
      this.changed();
    }
    if (this.token !== undefined && !isRefused) return this.token;
    return new Promise((resolve) => this.#waiting.push(resolve));
  };

  /** Whoever looks over a shoulder, at the history or at a log of addresses doesn't find it there. */
  #takeFromAddress(): void {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token === null) return;
    history.replaceState(null, "", location.pathname + location.search);
    this.give(token.trim());
  }
}

export function claims(token: string): Claims | undefined {
  try {
    const payload = token.split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
  } catch {
    return undefined;
  }
}
