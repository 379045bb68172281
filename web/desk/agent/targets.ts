import type { ChatClient, Target, TargetFilter } from "@chatsession/client";
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

export function useTargets(client: ChatClient, filter: TargetFilter, see: (targets: Target[]) => void): TargetRows {
  const [rows, setRows] = useState(NONE);
  useEffect(() => {
    const over = new AbortController();
    const timer = setTimeout(() => void follow(), PAUSE);
    const follow = async () => {
      let known = new Map<string, Target>();
      try {
        for await (const update of client.watchTargets(filter, { signal: over.signal })) {
          if (update.kind === "opened") known = new Map();
          for (const target of update.kind === "opened" ? update.targets : update.put) known.set(keyOf(target), target);
          if (update.kind === "changed") {
            for (const { target } of update.removed) known.delete(`${target.case}:${target.value}`);
          }
          const targets = [...known.values()];
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

export function keyOf({ kind }: Target): string {
  return kind.case === "agent" ? `agentId:${kind.value.state?.agentId}` : `queueId:${kind.value?.queueId}`;
}
