import type { LiveSession } from "@chatsession/client";
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import { explain } from "../shared/refusals.ts";
import { clock, milliseconds } from "../shared/time.ts";
import type { DeskModel } from "./model.ts";

/** No stream brings who waits. */
const INTERVAL = 2_000;

/** Customers who wait in queues, for a supervisor to take one out of turn. */
export function WaitingCustomers({ model, onClose }: { model: DeskModel; onClose: () => void }) {
  const [waiting, setWaiting] = useState<LiveSession[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const { sessions } = await model.client.supervision.listLiveSessions({ pageSize: 100 }, { signal: over.signal });
        setWaiting(sessions.filter(({ session }) => session?.queueEntry && !model.isIn(session)));
        setProblem(undefined);
      } catch (thrown) {
        if (!over.signal.aborted) setProblem(explain(thrown));
      }
      if (!over.signal.aborted) timer = setTimeout(read, INTERVAL);
    };
    void read();
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [model]);

  const take = async (sessionId: string) => {
    if (await model.take(sessionId)) onClose();
  };
  return (
    <Dialog title="Waiting customers" onClose={onClose}>
      {problem && (
        <p role="alert" class="error">
          {problem}
        </p>
      )}
      <ul class="waiting-list">
        {waiting?.map(({ session, waited, position }) => {
          const name = session?.customer?.displayName || "Customer";
          return (
            <li key={session?.sessionId} class="row">
              <b>{name}</b>
              <span class="muted">
                {model.names.queue(session?.queueEntry?.queueId ?? "")} · no. {position} · waits{" "}
                <span class="timer">{clock(milliseconds(waited))}</span>
              </span>
              <span class="grow" />
              <button type="button" aria-label={`Take ${name}`} onClick={() => void take(session?.sessionId ?? "")}>
                Take
              </button>
            </li>
          );
        })}
      </ul>
      {waiting?.length === 0 && <p class="muted">Nobody waits.</p>}
    </Dialog>
  );
}
