import { Audience, type Offer } from "@chatsession/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { Composer } from "../shared/Composer.tsx";
import { Icon } from "../shared/Icon.tsx";
import { useNow } from "../shared/store.ts";
import { Timeline } from "../shared/Timeline.tsx";
import { clock, moment, untilDeadline } from "../shared/time.ts";
import { CannedResponses } from "./CannedResponses.tsx";
import type { AgentChat } from "./chat.ts";
import { InviteWindow } from "./InviteWindow.tsx";
import type { DeskModel } from "./model.ts";
import { OwnResponses } from "./OwnResponses.tsx";

interface PaneProps {
  model: DeskModel;
  chat: AgentChat;
}

/** A chat: what was said, and the box to say more. */
export function ChatPane({ model, chat }: PaneProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [isKeeping, setKeeping] = useState(false);
  const isOpen = !chat.hasLeft && !chat.isOver;
  useEffect(() => {
    if (model.justAccepted !== chat.id) return;
    model.justAccepted = undefined;
    box.current?.focus();
  }, []);
  return (
    <main class="pane" aria-label={`Chat with ${chat.customer}`}>
      <Head model={model} chat={chat} />
      <Timeline
        client={model.client}
        sessionId={chat.id}
        events={chat.log.events}
        outbox={model.outbox}
        reader={model.reader(chat)}
        receipts={chat.receipts}
        typing={chat.typist}
        onSeen={() => model.seen(chat)}
      />
      {isOpen ? (
        <Composer
          client={model.client}
          sessionId={chat.id}
          mayWhisper
          box={box}
          onSend={(written) => model.say(chat, written)}
          onTyping={(isWhisper) => {
            const audience = isWhisper ? Audience.STAFF : Audience.EVERYONE;
            model.client.sessions.sendTyping({ sessionId: chat.id, audience }).catch(() => undefined);
          }}
          helper={(text, replace) =>
            // Looks again once one's own may have changed.
            !isKeeping && (
              <CannedResponses
                client={model.client}
                sessionId={chat.id}
                text={text}
                replace={(said) => {
                  replace(said);
                  box.current?.focus();
                }}
              />
            )
          }
          tools={(text, replace) => (
            <>
              {text === "" && (
                <button
                  type="button"
                  class="quiet"
                  onClick={() => {
                    replace("/");
                    box.current?.focus();
                  }}
                >
                  <kbd>/</kbd> Canned responses
                </button>
              )}
              {text.startsWith("/") && (
                <button type="button" class="quiet" onClick={() => setKeeping(true)}>
                  Your own…
                </button>
              )}
            </>
          )}
        />
      ) : (
        <Left model={model} chat={chat} />
      )}
      {isKeeping && <OwnResponses model={model} onClose={() => setKeeping(false)} />}
    </main>
  );
}

function Head({ model, chat }: PaneProps) {
  const [isInviting, setInviting] = useState(false);
  const { session } = chat.log;
  const isOpen = !chat.hasLeft && !chat.isOver;
  const withdraw = () => model.toasts.attempt(model.client.sessions.withdrawFromQueue({ sessionId: chat.id }));
  return (
    <header class="pane-head">
      <h2>{chat.customer}</h2>
      {isOpen && session?.customer?.away && <span class="chip">away</span>}
      {(isOpen ? chat.others : []).map((other) => (
        <span key={other.participantId} class="chip chip-good">
          {other.displayName} is connected
        </span>
      ))}
      {(isOpen ? chat.invitations : []).map((offer) => (
        <Invited key={offer.offerId} offer={offer} model={model} chat={chat} />
      ))}
      {isOpen && session?.queueEntry && (
        <span class="chip chip-warn">
          Waits in {model.names.queue(session.queueEntry.queueId)}{" "}
          <Waiting since={moment(session.queueEntry.enterTime)} />
          <button type="button" class="link" onClick={withdraw}>
            Take it out
          </button>
        </span>
      )}
      <span class="grow" />
      {isOpen && (
        <button
          type="button"
          class="icon add"
          data-shortcut="invite"
          aria-label="Invite or transfer"
          title="Invite or transfer"
          onClick={() => setInviting(true)}
        >
          <Icon name="plus" />
        </button>
      )}
      {isInviting && <InviteWindow model={model} chat={chat} onClose={() => setInviting(false)} />}
    </header>
  );
}

function Waiting({ since }: { since: number }) {
  return <span class="timer">{clock(useNow() - since)}</span>;
}

/** An invitation that rings: invited is not connected. */
function Invited({ offer, model, chat }: PaneProps & { offer: Offer }) {
  const now = useNow();
  const name = model.names.agent(offer.agentId);
  const cancel = () =>
    model.toasts.attempt(
      model.client.sessions.cancelInvitation({ sessionId: chat.id, offerId: offer.offerId }),
    );
  return (
    <span class="chip chip-warn">
      {name} is invited… <span class="timer">{clock(untilDeadline(offer.expireTime, now))}</span>
      <button type="button" class="link" aria-label={`Call off the invitation of ${name}`} onClick={cancel}>
        Call off
      </button>
    </span>
  );
}

function Left({ model, chat }: PaneProps) {
  const hasWork = model.wrapUps.has(chat.id);
  return (
    <div class="left-note" role="status">
      <p>{chat.isOver ? "This chat has ended." : "You have left this chat."}</p>
      {hasWork ? (
        <p class="muted">Complete your after-chat work on the right.</p>
      ) : (
        <button type="button" onClick={() => model.close(chat)}>
          Close
        </button>
      )}
    </div>
  );
}
