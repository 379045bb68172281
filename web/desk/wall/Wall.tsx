import { SessionState } from "@chatsession/client";
import { ChatPane } from "../agent/ChatPane.tsx";
import { ContactPanel } from "../agent/ContactPanel.tsx";
import { OfferList } from "../agent/OfferList.tsx";
import { ConnectionBanner } from "../shared/Connection.tsx";
import { useStore } from "../shared/store.ts";
import { ToastList } from "../shared/ToastList.tsx";
import { AgentTable } from "./AgentTable.tsx";
import type { WallModel } from "./model.ts";
import { MonitorPane } from "./MonitorPane.tsx";
import { QueueTable } from "./QueueTable.tsx";
import { SessionTable } from "./SessionTable.tsx";

/** Everything that goes on in the center, as it stands. */
export function Wall({ model }: { model: WallModel }) {
  useStore(model);
  const waiting = model.sessions.filter(({ session }) => session?.state === SessionState.WAITING).length;
  const flagged = model.sessions.filter(({ session }) => session?.flag).length;
  const own = model.desk?.current;
  const hasSide = own !== undefined || model.monitored !== undefined;
  return (
    <div class={hasSide ? "wall wall-split" : "wall"}>
      <div class="top-bar">
        <header class="top">
          <h1 class="brand">ChatSession</h1>
          <span class="muted">Wall</span>
          <span class="grow" />
          <Figure value={waiting} name="waiting" />
          <Figure value={model.sessions.length - waiting} name="attended" />
          <Figure value={flagged} name="asking for help" isAlarm={flagged > 0} />
        </header>
        <ConnectionBanner connection={model.isReconnecting ? { state: "reconnecting", error: undefined } : undefined} />
      </div>
      {model.problem !== undefined && (
        <p role="alert" class="banner banner-danger">
          {model.problem}
        </p>
      )}
      <main class="wall-main">
        <QueueTable model={model} />
        <AgentTable model={model} />
        <SessionTable model={model} />
        {model.hasMore && <p class="muted">Only the first hundred agents and queues are shown.</p>}
      </main>
      {hasSide && (
        <aside class="wall-side" aria-label="Chat">
          {model.desk && <OfferList model={model.desk} />}
          {own && model.desk ? (
            <>
              <ChatPane key={own.id} model={model.desk} chat={own} />
              <ContactPanel key={`contact-${own.id}`} model={model.desk} chat={own} />
            </>
          ) : (
            model.monitored && (
              <MonitorPane key={model.monitored.log.sessionId} model={model} monitored={model.monitored} />
            )
          )}
        </aside>
      )}
      <ToastList toasts={model.toasts} />
    </div>
  );
}

function Figure({ value, name, isAlarm }: { value: number; name: string; isAlarm?: boolean }) {
  return (
    <span class={isAlarm ? "chip chip-danger" : "chip"}>
      <b>{value}</b> {name}
    </span>
  );
}
