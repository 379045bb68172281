import { useState } from "preact/hooks";

interface ConfirmProps {
  /** As in `Delete`. */
  what: string;
  /** Of whom or which. */
  name: string;
  onConfirm: () => void;
}

/** A button for what can't be taken back: it is asked again, and not where the first click was. */
export function Confirm({ what, name, onConfirm }: ConfirmProps) {
  const [isSure, setSure] = useState(false);
  return (
    <>
      <button type="button" aria-label={isSure ? `Keep ${name}` : `${what} ${name}`} onClick={() => setSure((before) => !before)}>
        {isSure ? "Keep" : what}
      </button>
      {isSure && (
        <button type="button" class="danger" aria-label={`Really ${what.toLowerCase()} ${name}`} onClick={onConfirm}>
          Really {what.toLowerCase()}
        </button>
      )}
    </>
  );
}
