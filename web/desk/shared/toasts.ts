import { explain } from "./refusals.ts";
import { Store } from "./store.ts";

/** A short notice that goes by itself. */
export interface Toast {
  id: number;
  text: string;
  tone: "good" | "bad" | "plain";
}

const SHOWN = 8_000;

/** Notices of a page. */
export class Toasts extends Store {
  list: Toast[] = [];
  #last = 0;

  say(text: string, tone: Toast["tone"] = "plain"): void {
    this.#last += 1;
    const id = this.#last;
    this.list = [...this.list.slice(-3), { id, text, tone }];
    this.changed();
    setTimeout(() => this.drop(id), SHOWN);
  }

  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
    this.changed();
  }

  /** Says why, when it is refused. Whether it went well. */
  async attempt(call: Promise<unknown>): Promise<boolean> {
    try {
      await call;
      return true;
    } catch (thrown) {
      this.say(explain(thrown), "bad");
      return false;
    }
  }
}
