import { Icon } from "./Icon.tsx";
import { useStore } from "./store.ts";
import type { Toasts } from "./toasts.ts";

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
