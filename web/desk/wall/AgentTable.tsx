import { AgentStatus, type AgentTarget } from "@chatsession/client";
import { reasonInWords } from "../agent/states.ts";
import { useNow } from "../shared/store.ts";
import { clock, moment } from "../shared/time.ts";
import type { WallModel } from "./model.ts";

const STATUS: Record<AgentStatus, string> = {
  [AgentStatus.UNSPECIFIED]: "",
  [AgentStatus.SIGNED_OUT]: "signed out",
  [AgentStatus.READY]: "ready",
  [AgentStatus.NOT_READY]: "not ready",
};

/** Agents: what each is doing, and how full their hands are. */
export function AgentTable({ model }: { model: WallModel }) {
  const now = useNow();
  return (
    <section class="card">
      <h2>Agents</h2>
      <div class="table" role="region" aria-label="Agents" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">State</th>
              <th scope="col">For</th>
              <th scope="col">Holds</th>
              <th scope="col">Taken</th>
              <th scope="col">Missed</th>
              <th scope="col">Set to</th>
            </tr>
          </thead>
          <tbody>
            {model.agents.map((agent) => (
              <Row key={agent.state?.agentId} agent={agent} model={model} now={now} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ agent, model, now }: { agent: AgentTarget; model: WallModel; now: number }) {
  const { state } = agent;
  const agentId = state?.agentId ?? "";
  const status = state?.status ?? AgentStatus.UNSPECIFIED;
  const isOut = status === AgentStatus.SIGNED_OUT;
  const figures = model.agentStatistics.get(agentId);
  const dot = status === AgentStatus.READY ? "ready" : isOut ? "out" : "not-ready";
  const force = (to: AgentStatus) =>
    model.toasts.attempt(
      model.client.supervision.forceAgentState({ agentId, status: to, reason: "" }),
    );
  return (
    <tr>
      <th scope="row">{agent.displayName}</th>
      <td>
        <span class={`dot dot-${dot}`} aria-hidden="true" /> {STATUS[status]}
        {state?.reason && !isOut && <span class="muted"> {reasonInWords(state.reason)}</span>}
      </td>
      <td>{isOut ? "–" : clock(now - moment(state?.sinceTime))}</td>
      <td>
        {state?.units ?? 0} of {state?.capacity ?? 0}
      </td>
      <td>{figures ? String(figures.accepted) : "–"}</td>
      <td>{figures ? String(figures.missed + figures.declined) : "–"}</td>
      <td>
        <select
          aria-label={`Set the state of ${agent.displayName}`}
          disabled={isOut}
          value=""
          onChange={(event) => {
            void force(Number(event.currentTarget.value));
            event.currentTarget.value = "";
          }}
        >
          <option value="">…</option>
          <option value={AgentStatus.READY}>Ready</option>
          <option value={AgentStatus.NOT_READY}>Not ready</option>
          <option value={AgentStatus.SIGNED_OUT}>Signed out</option>
        </select>
      </td>
    </tr>
  );
}
