import { TargetKind } from "@chatsession/client";
import { useState } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import type { DeskModel } from "./model.ts";
import { useTargets } from "./targets.ts";

/** Chooses colleagues to write to: one for a pair, more for a group. */
export function WriteToColleague({ model, onClose }: { model: DeskModel; onClose: () => void }) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [name, setName] = useState("");
  const filter = { query: query.trim(), kinds: [TargetKind.AGENT] };
  const rows = useTargets(model.client, filter, (targets) => model.names.see(targets));
  const colleagues = rows.targets
    .flatMap(({ kind }) => (kind.case === "agent" ? [kind.value] : []))
    .filter((agent) => agent.state?.agentId !== model.self);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const start = async (event: Event) => {
    event.preventDefault();
    await model.write([...chosen], chosen.size > 1 ? name.trim() : "", onClose);
  };
  return (
    <Dialog title="Write to colleagues" onClose={onClose}>
      <form class="stack" onSubmit={start}>
        <label class="search">
          <span class="hidden">Search</span>
          <input
            type="search"
            placeholder="Search by name"
            maxLength={64}
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
        <div class="targets">
          {colleagues.map(({ state, displayName }) => {
            const id = state?.agentId ?? "";
            return (
              <label key={id} class="target">
                <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
                <span class="target-name">{displayName}</span>
              </label>
            );
          })}
        </div>
        {chosen.size > 1 && (
          <label class="field">
            <span>Name of the group</span>
            <input type="text" maxLength={200} value={name} onInput={(event) => setName(event.currentTarget.value)} />
          </label>
        )}
        <button type="submit" class="primary" disabled={chosen.size === 0}>
          Write
        </button>
      </form>
    </Dialog>
  );
}
