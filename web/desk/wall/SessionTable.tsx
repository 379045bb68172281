import type { LiveSession } from "@chatsession/client";
import { useState } from "preact/hooks";
import { clock, milliseconds } from "../shared/time.ts";
import type { WallModel } from "./model.ts";
import { Reassign } from "./Reassign.tsx";

/** Open chats, those who have waited longest first. */
export function SessionTable({ model }: { model: WallModel }) {
  const [flaggedOnly, setFlaggedOnly] = useState(false);
  const [reassigned, setReassigned] = useState<string>();
  // It may have ended meanwhile.
  const inHand = model.sessions.find(({ session }) => session?.sessionId === reassigned)?.session;
  const shown = model.sessions.filter(({ session }) => !flaggedOnly || session?.flag);
  return (
    <section class="card wall-sessions">
      <header class="list-head">
        <h2>Chats</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={flaggedOnly}
            onChange={(event) => setFlaggedOnly(event.currentTarget.checked)}
          />
          Asking for help only
        </label>
      </header>
      {shown.length === 0 ? (
        <p class="muted">No chat is open.</p>
      ) : (
        <div class="table" role="region" aria-label="Chats" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Customer</th>
                <th scope="col">Waited</th>
                <th scope="col">Queue</th>
                <th scope="col">With</th>
                <th scope="col">Watched by</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((live) => (
                <Row key={live.session?.sessionId} live={live} model={model} onReassign={setReassigned} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {inHand && (
        <Reassign key={inHand.sessionId} model={model} session={inHand} onClose={() => setReassigned(undefined)} />
      )}
    </section>
  );
}

interface RowProps {
  live: LiveSession;
  model: WallModel;
  onReassign: (sessionId: string) => void;
}

function Row({ live, model, onReassign }: RowProps) {
  const { session } = live;
  if (!session) return null;
  const connected = session.participants.filter((each) => each.connected).map((each) => each.displayName);
  const ringing = session.openOffers.map((offer) => model.agentName(offer.agentId));
  const name = session.customer?.displayName || session.customer?.customerId || "Customer";
  const isOwn = session.participants.some((each) => each.connected && each.agentId === model.self);
  const isWatched = model.monitored?.log.sessionId === session.sessionId;
  return (
    <tr aria-selected={isWatched}>
      <th scope="row">
        {name} {session.flag && <span class="chip chip-danger">help</span>}
        {session.customer?.away && <span class="chip">away</span>}
      </th>
      <td>{clock(milliseconds(live.waited))}</td>
      <td>
        {session.queueEntry ? (
          <>
            {model.queueName(session.queueEntry.queueId)} <span class="muted">no. {live.position}</span>
          </>
        ) : (
          <span class="muted">{model.queueName(session.homeQueueId)}</span>
        )}
      </td>
      <td>
        {connected.join(", ") || "–"}
        {ringing.length > 0 && <span class="muted"> rings at {ringing.join(", ")}</span>}
      </td>
      <td>{live.monitorAgentIds.map(model.agentName).join(", ")}</td>
      <td class="actions">
        <button type="button" onClick={() => void model.monitor(session.sessionId)}>
          Look in<span class="hidden"> on {name}</span>
        </button>
        {session.queueEntry && !isOwn && (
          <button type="button" onClick={() => void model.take(session.sessionId)}>
            Take<span class="hidden"> {name}</span>
          </button>
        )}
        <button type="button" onClick={() => onReassign(session.sessionId)}>
          Reassign…<span class="hidden"> {name}</span>
        </button>
      </td>
    </tr>
  );
}
