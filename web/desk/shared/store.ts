import { options } from "preact";
import { useEffect, useReducer } from "preact/hooks";

/** A page that is in the background gets no frames, and still counts in its title what is unread. */
const WITHOUT_FRAMES = 100;

// However many events come at once, the page is painted once.
options.debounceRendering = (render) => {
  const paint = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    render();
  };
  const frame = requestAnimationFrame(paint);
  const timer = setTimeout(paint, WITHOUT_FRAMES);
};

/** What a page shows. It changes in place and says so. */
export class Store {
  readonly #listeners = new Set<() => void>();

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Renders again whenever the store has changed. */
export function useStore<S extends Store>(store: S): S {
  const [, again] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    again();
    return store.subscribe(() => again());
  }, [store]);
  return store;
}

/** The time, kept current. */
export function useNow(interval = 1000): number {
  const [now, tick] = useReducer((_: number, __: void) => Date.now(), Date.now());
  useEffect(() => {
    const timer = setInterval(() => tick(), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
