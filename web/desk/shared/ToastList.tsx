import { createContext } from "preact";
import { Icon } from "./Icon.tsx";
import { useStore } from "./store.ts";
import type { Toasts } from "./toasts.ts";

/** The page's notices, for windows above it: what lies beneath a window isn't seen. */
export const PageToasts = createContext<Toasts | undefined>(undefined);

export function ToastList({ toasts }: { toasts: Toasts }) {
  useStore(toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.list.map(({ id, text, tone }) => (
        <p key={id} class={`toast toast-${tone}`}>
          {text}
          <button type="button" class="icon" aria-label="Dismiss" onClick={() => toasts.drop(id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}
