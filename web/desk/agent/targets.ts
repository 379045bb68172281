import type { ChatClient, Target, TargetFilter, TargetsUpdate } from "@chatsession/client";
import { useEffect, useState } from "preact/hooks";
import { explain } from "../shared/refusals.ts";

/** Rows of the Invite window, kept current while it is open. */
export interface TargetRows {
  targets: Target[];
  more: boolean;
  isLoading: boolean;
  problem: string | undefined;
}

const NONE: TargetRows = { targets: [], more: false, isLoading: true, problem: undefined };
/** A stream for each word that is typed, not for each letter. */
const PAUSE = 150;

/** Without a filter nothing is asked for. */
export function useTargets(
  client: ChatClient,
  filter: TargetFilter | undefined,
  see: (targets: Target[]) => void,
): TargetRows {
  const [rows, setRows] = useState(NONE);
  useEffect(() => {
    if (!filter) return setRows(NONE);
    const over = new AbortController();
    const timer = setTimeout(() => void follow(), PAUSE);
    const follow = async () => {
      const table = new TargetTable();
      try {
        for await (const update of client.watchTargets(filter, { signal: over.signal })) {
          const targets = table.update(update);
          see(targets);
          setRows({ targets, more: update.more, isLoading: false, problem: undefined });
        }
      } catch (thrown) {
        setRows({ ...NONE, isLoading: false, problem: explain(thrown) });
      }
    };
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [client, JSON.stringify(filter)]);
  return rows;
}

/** Rows as they are after each update: colleagues by id, then queues by id. */
export class TargetTable {
  #rows = new Map<string, Target>();

  update(update: TargetsUpdate): Target[] {
    if (update.kind === "opened") {
      this.#rows = new Map(update.targets.map((target) => [keyOf(target), target]));
    } else {
      for (const target of update.put) this.#rows.set(keyOf(target), target);
      for (const { target } of update.removed) this.#rows.delete(`${target.case}:${target.value}`);
    }
    const sorted = [...this.#rows].sort(([one], [other]) => (one < other ? -1 : 1));
    return sorted.map(([, target]) => target);
  }
}

/** Favourites, wherever they are found, and then the others; each once. */
export function favouritesFirst(favourites: readonly Target[], targets: readonly Target[]): Target[] {
  const all = [...new Map([...favourites, ...targets].map((target) => [keyOf(target), target])).values()];
  const isFavourite = ({ kind }: Target) => kind.value?.favourite === true;
  return [...all.filter(isFavourite), ...all.filter((target) => !isFavourite(target))];
}

export function keyOf({ kind }: Target): string {
  return kind.case === "agent" ? `agentId:${kind.value.state?.agentId}` : `queueId:${kind.value?.queueId}`;
}
