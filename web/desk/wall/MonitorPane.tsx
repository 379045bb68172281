import { Audience } from "@chatsession/client";
import { Composer } from "../shared/Composer.tsx";
import { Timeline } from "../shared/Timeline.tsx";
import type { WallModel } from "./model.ts";
import type { Monitored } from "./monitored.ts";

/** A chat that the supervisor looks into: the customer doesn't see them, and only staff sees what they whisper. */
export function MonitorPane({ model, monitored }: { model: WallModel; monitored: Monitored }) {
  const { sessionId } = monitored.log;
  const isOver = monitored.isOver || monitored.log.session?.endTime !== undefined;
  return (
    <div class="pane">
      <header class="pane-head">
        <h2>{monitored.customer}</h2>
        <span class="chip">{isOver ? "ended" : "looking in"}</span>
        <span class="grow" />
        {!isOver && (
          <>
            <button type="button" class="primary" onClick={() => void model.join(sessionId, "bargeIn")}>
              Barge in
            </button>
            <button type="button" onClick={() => void model.join(sessionId, "takeOver")}>
              Take over
            </button>
          </>
        )}
        <button type="button" onClick={() => void model.stopMonitoring()}>
          Stop
        </button>
      </header>
      <Timeline
        client={model.client}
        sessionId={sessionId}
        events={monitored.log.events}
        outbox={monitored.outbox}
        reader={monitored.reader(model.agentName, model.queueName)}
        receipts={{ delivered: 0n, read: 0n }}
        typing={monitored.typist}
        onSeen={() => undefined}
      />
      {!isOver && (
        <Composer
          client={model.client}
          sessionId={sessionId}
          mayWhisper
          whisperOnly
          onSend={(written) => monitored.whisper(written)}
          onTyping={() => {
            model.client.sessions.sendTyping({ sessionId, audience: Audience.STAFF }).catch(() => undefined);
          }}
        />
      )}
    </div>
  );
}
