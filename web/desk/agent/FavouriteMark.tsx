import type { TargetRef } from "@chatsession/client";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/Icon.tsx";
import type { DeskModel } from "./model.ts";

interface MarkProps {
  model: DeskModel;
  row: { displayName: string; favourite: boolean };
  target: TargetRef["target"];
}

/** Whether the agent likes to see somebody, or a queue, first; pressed to change it. */
export function FavouriteMark({ model, row, target }: MarkProps) {
  const button = useRef<HTMLButtonElement>(null);
  const wasPressed = useRef(false);
  const { favourite } = row;
  useLayoutEffect(() => {
    // The row has moved, and a moved element loses the focus.
    if (wasPressed.current) button.current?.focus();
    wasPressed.current = false;
  }, [favourite]);
  const toggle = async () => {
    wasPressed.current = true;
    const { desk } = model.client;
    const call = favourite ? desk.deleteFavourite({ target: { target } }) : desk.putFavourite({ target: { target } });
    if (!(await model.toasts.attempt(call))) wasPressed.current = false;
  };
  return (
    <button
      ref={button}
      type="button"
      class="icon favourite"
      aria-pressed={favourite}
      aria-label={`Favourite: ${row.displayName}`}
      title={favourite ? "No favourite any more" : "Make it a favourite: shown first"}
      onClick={toggle}
    >
      <Icon name="star" />
    </button>
  );
}
