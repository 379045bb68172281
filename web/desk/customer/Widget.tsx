import { SessionState } from "@chatsession/client";
import { useState } from "preact/hooks";
import { Composer } from "../shared/Composer.tsx";
import { ConnectionBanner } from "../shared/Connection.tsx";
import { Dialog } from "../shared/Dialog.tsx";
import { useStore } from "../shared/store.ts";
import { Timeline } from "../shared/Timeline.tsx";
import { milliseconds, roughly } from "../shared/time.ts";
import type { CustomerModel } from "./model.ts";
import { StartForm } from "./StartForm.tsx";

/** The customer's chat. */
export function Widget({ model }: { model: CustomerModel }) {
  useStore(model);
  return (
    <div class="widget card">
      <Head model={model} />
      <ConnectionBanner connection={model.phase === "ended" ? undefined : model.connection} />
      {model.problem !== undefined && (
        <p role="alert" class="banner banner-danger">
          {model.problem}
        </p>
      )}
      {model.phase === "looking" && <p class="muted pad">One moment…</p>}
      {model.phase === "start" && <StartForm model={model} />}
      {(model.phase === "chat" || model.phase === "ended") && <Chat model={model} />}
    </div>
  );
}

function Head({ model }: { model: CustomerModel }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <header class="widget-head">
      <h1>Chat with us</h1>
      <p role="status">{standing(model)}</p>
      {model.phase === "chat" && (
        <button type="button" onClick={() => setAsking(true)}>
          End chat
        </button>
      )}
      {isAsking && (
        <Dialog title="End this chat?" onClose={() => setAsking(false)}>
          <p class="row">
            <button
              type="button"
              class="danger"
              onClick={() => {
                setAsking(false);
                void model.end();
              }}
            >
              End chat
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Go on
            </button>
          </p>
        </Dialog>
      )}
    </header>
  );
}

/** Who attends, or how long it will take. */
function standing(model: CustomerModel): string {
  if (model.phase === "ended") return "The chat has ended.";
  if (model.phase !== "chat") return "We are here to help.";
  if (model.log.session?.state === SessionState.ATTENDED) return `You are talking to ${list(model.attending)}`;
  const { wait } = model;
  if (!wait?.position) return "Somebody will be with you soon.";
  const estimate = wait.estimatedWait ? `, ${roughly(milliseconds(wait.estimatedWait))} to go` : "";
  return `You are number ${wait.position}${estimate}.`;
}

function list(names: string[]): string {
  return new Intl.ListFormat("en").format(names);
}

function Chat({ model }: { model: CustomerModel }) {
  const { sessionId, session, events } = model.log;
  const isUnsaid = events.every(({ kind }) => kind.case !== "messagePosted");
  return (
    <main class="pane">
      {isUnsaid && session?.state === SessionState.WAITING && (
        <p class="muted pad">You can write already: whoever joins will read it.</p>
      )}
      <Timeline
        client={model.client}
        sessionId={sessionId}
        events={model.log.events}
        outbox={model.outbox}
        reader={model.reader}
        receipts={model.receipts}
        typing={model.typist}
        onSeen={() => model.seen()}
      />
      {model.phase === "chat" ? (
        <Composer
          key={sessionId}
          client={model.client}
          sessionId={sessionId}
          mayWhisper={false}
          onSend={(written) => model.say(written)}
          onTyping={() => {
            model.client.sessions.sendTyping({ sessionId }).catch(() => undefined);
          }}
        />
      ) : (
        <div class="left-note">
          <p>Thank you. This chat has ended.</p>
          <button type="button" class="primary" onClick={() => void model.offerStart()}>
            Start another chat
          </button>
        </div>
      )}
    </main>
  );
}
