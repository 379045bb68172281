import { ChatError, IfLast } from "@chatsession/client";
import { useState } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import { explain } from "../shared/refusals.ts";
import type { AgentChat } from "./chat.ts";
import { InviteWindow } from "./InviteWindow.tsx";
import type { DeskModel } from "./model.ts";

interface EndProps {
  model: DeskModel;
  chat: AgentChat;
}

/**
 * End Chat: the agent leaves. With a colleague connected, or the chat in a queue, the customer is in good hands; else the
 * agent says what becomes of them. The service decides which it is, so that a click that comes late ends nothing.
 */
export function EndChat({ model, chat }: EndProps) {
  const [choices, setChoices] = useState<string[]>();
  const [isSending, setSending] = useState(false);
  const leave = async (ifLast: IfLast) => {
    setChoices(undefined);
    try {
      await model.client.sessions.leave({ sessionId: chat.id, ifLast });
    } catch (thrown) {
      const error = ChatError.from(thrown);
      if (error.reason !== "LAST_AGENT") model.toasts.say(explain(error), "bad");
      else setChoices(error.metadataOfReason["choices"]?.split(",") ?? []);
    }
  };
  const home = model.names.queue(chat.log.session?.homeQueueId ?? "");
  const invited = chat.invitations.map((offer) => model.names.agent(offer.agentId)).join(", ");
  return (
    <>
      <button type="button" class="danger" data-shortcut="end" onClick={() => void leave(IfLast.UNSPECIFIED)}>
        End Chat
      </button>
      {choices && (
        <Dialog title={`What becomes of ${chat.customer}?`} onClose={() => setChoices(undefined)}>
          <p>You are the only one with them.</p>
          <div class="stack">
            {choices.includes("AWAIT_INVITEE") && (
              <button type="button" onClick={() => void leave(IfLast.AWAIT_INVITEE)}>
                Leave, and let {invited || "the colleague"} take over
              </button>
            )}
            {choices.includes("RETURN_TO_QUEUE") && (
              <button type="button" onClick={() => void leave(IfLast.RETURN_TO_QUEUE)}>
                Send back to {home}
              </button>
            )}
            <button
              type="button"
              onClick={() => {
                setChoices(undefined);
                setSending(true);
              }}
            >
              Send to another queue…
            </button>
            {choices.includes("END") && (
              <button type="button" class="danger" onClick={() => void leave(IfLast.END)}>
                End the chat
              </button>
            )}
            <button type="button" class="primary" onClick={() => setChoices(undefined)}>
              Stay
            </button>
          </div>
        </Dialog>
      )}
      {isSending && (
        <InviteWindow
          model={model}
          chat={chat}
          queuesOnly
          onTransferred={() => setSending(false)}
          onClose={() => setSending(false)}
        />
      )}
    </>
  );
}
