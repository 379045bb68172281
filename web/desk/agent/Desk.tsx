import { useEffect, useState } from "preact/hooks";
import { ConnectionBanner } from "../shared/Connection.tsx";
import { useOtherTab } from "../shared/tabs.ts";
import { useStore } from "../shared/store.ts";
import { ToastList } from "../shared/ToastList.tsx";
import type { PageToken } from "../shared/token.ts";
import { ChatList } from "./ChatList.tsx";
import { ChatPane } from "./ChatPane.tsx";
import { ColleaguePane } from "./ColleaguePane.tsx";
import { ContactPanel } from "./ContactPanel.tsx";
import type { DeskModel } from "./model.ts";
import { OfferList } from "./OfferList.tsx";
import { ShortcutHelp, useShortcuts } from "./shortcuts.tsx";
import { StatePicker } from "./StatePicker.tsx";

interface DeskProps {
  model: DeskModel;
  token: PageToken;
}

/** The whole desk. */
export function Desk({ model, token }: DeskProps) {
  useStore(model);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const inOtherTab = useOtherTab(model.self);
  useShortcuts(model, () => setHelpOpen(true));
  const unread = model.unread;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Desk – ChatSession` : "Desk – ChatSession";
  }, [unread]);

  if (model.problem !== undefined || model.isSignedOut) return <Closed model={model} token={token} />;
  const chat = model.current;
  const colleague = model.colleagues.current;
  return (
    <div class="desk">
      <div class="top-bar">
        <header class="top">
          <h1 class="brand">ChatSession</h1>
          <StatePicker model={model} />
          <span class="grow" />
          {inOtherTab && <span class="chip">Also open in another tab</span>}
          <span class="muted">{model.names.agent(model.self)}</span>
          <button type="button" class="icon" aria-label="Keyboard shortcuts" onClick={() => setHelpOpen(true)}>
            ?
          </button>
        </header>
        <ConnectionBanner connection={model.connection} />
      </div>
      <nav class="side" aria-label="Offers and chats">
        <OfferList model={model} />
        <ChatList model={model} />
      </nav>
      {colleague ? (
        <ColleaguePane key={colleague.chat.chatId} model={model} colleague={colleague} />
      ) : chat ? (
        <>
          <ChatPane key={`pane-${chat.id}`} model={model} chat={chat} />
          <ContactPanel key={`contact-${chat.id}`} model={model} chat={chat} />
        </>
      ) : (
        <main class="empty">
          <p>{model.isLive ? "No chat yet. Be ready, and the next one comes to you." : "Opening your desk…"}</p>
        </main>
      )}
      <ToastList toasts={model.toasts} />
      {isHelpOpen && <ShortcutHelp onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

function Closed({ model, token }: DeskProps) {
  return (
    <main class="sign-in card">
      <h1>{model.isSignedOut ? "You are signed out" : "The desk can't go on"}</h1>
      <p role="status">
        {model.problem ??
          "You did it here or in another tab, a supervisor did, or the connection was lost for too long. No customer was left alone."}
      </p>
      <p class="row">
        <button type="button" class="primary" onClick={() => void model.run()}>
          Sign in again
        </button>
        <button type="button" onClick={() => token.forget()}>
          Use another token
        </button>
      </p>
    </main>
  );
}
