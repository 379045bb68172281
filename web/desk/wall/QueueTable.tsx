import type { QueueStatistics, QueueTarget } from "@chatsession/client";
import { useNow } from "../shared/store.ts";
import { clock, milliseconds, moment } from "../shared/time.ts";
import type { WallModel } from "./model.ts";

/** Queues: who waits now, and what came of those who waited. */
export function QueueTable({ model }: { model: WallModel }) {
  const now = useNow();
  return (
    <section class="card">
      <h2>Queues</h2>
      <div class="table" role="region" aria-label="Queues" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col">Waiting</th>
              <th scope="col">Longest</th>
              <th scope="col">Ready</th>
              <th scope="col">Answered</th>
              <th scope="col">Given up</th>
              <th scope="col">In time</th>
            </tr>
          </thead>
          <tbody>
            {model.queues.map((queue) => (
              <Row key={queue.queueId} queue={queue} now={now} figures={model.queueStatistics.get(queue.queueId)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ queue, now, figures }: { queue: QueueTarget; now: number; figures: QueueStatistics | undefined }) {
  return (
    <tr>
      <th scope="row">
        {queue.displayName} {!queue.open && <span class="chip">closed</span>}
      </th>
      <td class={queue.waiting > 0 && queue.readyAgents === 0 ? "alarm" : ""}>{queue.waiting}</td>
      <td>{queue.waitingSince ? clock(now - moment(queue.waitingSince)) : "–"}</td>
      <td>
        {queue.readyAgents} of {queue.signedInAgents}
      </td>
      <td>
        {figures ? String(figures.answered) : "–"}
        {figures && figures.answered > 0n && (
          <span class="muted"> Ø {clock(milliseconds(figures.answeredWait) / Number(figures.answered))}</span>
        )}
      </td>
      <td>{figures ? String(figures.abandoned + figures.turnedAway) : "–"}</td>
      <td>{figures ? serviceLevel(figures) : "–"}</td>
    </tr>
  );
}

/** The share that was answered in time, of all who were to be. */
function serviceLevel(figures: QueueStatistics): string {
  const { answered, abandoned, abandonedShort, turnedAway, overflowed, answeredInTime } = figures;
  const all = answered + abandoned - abandonedShort + turnedAway + overflowed;
  return all === 0n || !figures.serviceLevelWithin ? "–" : `${Math.round((Number(answeredInTime) / Number(all)) * 100)} %`;
}
