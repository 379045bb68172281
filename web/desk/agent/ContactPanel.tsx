import { useState } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import { type Submitting, written } from "../shared/form.ts";
import { hour } from "../shared/time.ts";
import type { AgentChat } from "./chat.ts";
import { EndChat } from "./EndChat.tsx";
import type { DeskModel } from "./model.ts";
import { WrapUpForm } from "./WrapUpForm.tsx";

interface ContactProps {
  model: DeskModel;
  chat: AgentChat;
}

/** Who the customer is, who is with them, and the ways to be done. */
export function ContactPanel({ model, chat }: ContactProps) {
  const { session } = chat.log;
  const isOpen = !chat.hasLeft && !chat.isOver;
  return (
    <aside class="contact" aria-label="Contact">
      <section>
        <h2>{chat.customer}</h2>
        <dl class="attributes">
          <Fact name="Customer" value={session?.customer?.customerId ?? ""} />
          <Fact name="Queue" value={model.names.queue(session?.homeQueueId ?? "")} />
          <Fact name="Language" value={session?.language ?? ""} />
          <Fact name="Since" value={hour(session?.createTime)} />
          {session?.attributes.map(({ name, value, verified }) => (
            <Fact key={name} name={name} value={verified ? value : `${value} (unverified)`} />
          ))}
        </dl>
      </section>
      {isOpen && (
        <section>
          <h3>In this chat</h3>
          <ul class="people">
            {session?.participants
              .filter((each) => each.connected)
              .map((each) => (
                <li key={each.participantId}>
                  <span class="dot dot-ready" aria-hidden="true" />
                  {each.agentId === model.self ? "You" : each.displayName}
                </li>
              ))}
            <li>
              <span class={`dot dot-${session?.customer?.away ? "out" : "ready"}`} aria-hidden="true" />
              {chat.customer}
              {session?.customer?.away && " (away)"}
            </li>
          </ul>
        </section>
      )}
      {isOpen && (
        <section class="stack">
          <EndChat model={model} chat={chat} />
          <Help model={model} chat={chat} />
        </section>
      )}
      <WrapUpForm model={model} chat={chat} />
    </aside>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  if (value === "") return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Help({ model, chat }: ContactProps) {
  const [isAsking, setAsking] = useState(false);
  const sessionId = chat.id;
  if (chat.log.session?.flag) {
    return (
      <button type="button" onClick={() => model.toasts.attempt(model.client.sessions.clearFlag({ sessionId }))}>
        Help isn't needed any more
      </button>
    );
  }
  const raise = async (event: Submitting) => {
    event.preventDefault();
    const call = model.client.sessions.raiseFlag({ sessionId, note: written(event, "note") });
    if (await model.toasts.attempt(call)) setAsking(false);
  };
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        Ask for help
      </button>
      {isAsking && (
        <Dialog title="Ask for help" onClose={() => setAsking(false)}>
          <form class="stack" onSubmit={raise}>
            <label class="field">
              <span>What for</span>
              <input type="text" name="note" maxLength={2000} />
            </label>
            <button type="submit" class="primary">
              Ask the supervisors
            </button>
          </form>
        </Dialog>
      )}
    </>
  );
}
