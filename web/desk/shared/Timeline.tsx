import { ActorKind, Audience, type ChatClient, type Event } from "@chatsession/client";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { AttachmentView } from "./Attachment.tsx";
import type { Outgoing, Outbox } from "./outbox.ts";
import { hour } from "./time.ts";
import { inWords, type Reader } from "./words.ts";

/** How far others got: the highest revision that somebody else has received, and has read. */
export interface Receipts {
  delivered: bigint;
  read: bigint;
}

interface TimelineProps {
  client: ChatClient;
  sessionId: string;
  events: readonly Event[];
  outbox: Outbox | undefined;
  reader: Reader;
  receipts: Receipts;
  typing: string | undefined;
  /** The reader has the end of the chat before their eyes. */
  onSeen: () => void;
}

/** So many are shown at first: a long chat opens as fast as a short one. */
const SHOWN = 200;

/** What was said and what happened, the newest last. */
export function Timeline(props: TimelineProps) {
  const { events, outbox, reader, sessionId, typing } = props;
  const [shown, setShown] = useState(SHOWN);
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const pending = outbox?.of(sessionId) ?? [];
  const size = events.length + pending.length;

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !isAtEnd.current) return;
    element.scrollTop = element.scrollHeight;
    if (!document.hidden) props.onSeen();
  }, [size, sessionId, typing]);

  useEffect(() => {
    // What came while the page was in the background is read when it isn't any more.
    const look = () => document.hidden || !isAtEnd.current || props.onSeen();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [sessionId]);

  return (
    <div
      ref={list}
      class="timeline"
      // A region that scrolls has to be reachable by keyboard.
      tabIndex={0}
      role="log"
      aria-live="polite"
      aria-label={reader.isStaff ? `Chat with ${reader.customer}` : "Chat"}
      // A picture that has come moves the end away.
      onLoadCapture={() => {
        if (list.current && isAtEnd.current) list.current.scrollTop = list.current.scrollHeight;
      }}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 40;
        if (isAtEnd.current) props.onSeen();
      }}
    >
      {events.length > shown && (
        <button type="button" class="quiet" onClick={() => setShown(shown + SHOWN)}>
          Show earlier
        </button>
      )}
      {events.slice(-shown).map((event) => (
        <Row key={String(event.revision)} event={event} {...props} />
      ))}
      {pending.map((message) => (
        <Pending key={message.requestId} message={message} outbox={outbox} />
      ))}
      {typing && <p class="typing">{typing} is typing…</p>}
    </div>
  );
}

function Row({ event, ...props }: { event: Event } & TimelineProps) {
  const { reader } = props;
  if (event.kind.case === "messagePosted") return <Message event={event} {...props} />;
  const words = inWords(event, reader);
  if (words === undefined) return null;
  const connected = event.kind.case === "participantJoined" ? " notice-connected" : "";
  return (
    <p class={`notice${connected}`}>
      {words} <time>{hour(event.createTime)}</time>
    </p>
  );
}

function isOwn(event: Event, reader: Reader): boolean {
  return reader.isStaff ? event.actor?.id === reader.self : event.actor?.kind === ActorKind.CUSTOMER;
}

function sender(event: Event, reader: Reader): string {
  if (isOwn(event, reader)) return "You";
  if (event.actor?.kind === ActorKind.CUSTOMER) return reader.customer;
  return event.actor?.displayName || "Automatic message";
}

function Message({ event, client, sessionId, reader, receipts }: { event: Event } & TimelineProps) {
  if (event.kind.case !== "messagePosted") return null;
  const { text, redacted, attachments } = event.kind.value;
  const isWhisper = event.audience === Audience.STAFF;
  const own = isOwn(event, reader);
  const isAutomatic = event.actor?.kind === ActorKind.QUEUE || event.actor?.kind === ActorKind.SYSTEM;
  const kind = isWhisper ? "whisper" : isAutomatic ? "automatic" : own ? "own" : "theirs";
  return (
    <Bubble kind={kind}>
      <header>
        <b>{sender(event, reader)}</b>
        {isWhisper && <span class="tag">Whisper · staff only</span>}
        {isAutomatic && <span class="tag">Automatic</span>}
        <time>{hour(event.createTime)}</time>
        {own && !isWhisper && <Receipt revision={event.revision} receipts={receipts} />}
      </header>
      {redacted ? <p class="redacted">This message was removed.</p> : text && <p class="text">{text}</p>}
      {attachments.map((attachment) => (
        <AttachmentView
          key={attachment.attachmentId}
          client={client}
          sessionId={sessionId}
          id={attachment.attachmentId}
          name={attachment.name}
          contentType={attachment.contentType}
          size={Number(attachment.size)}
        />
      ))}
    </Bubble>
  );
}

function Receipt({ revision, receipts }: { revision: bigint; receipts: Receipts }) {
  if (receipts.read >= revision) return <span class="receipt receipt-read">Read</span>;
  return <span class="receipt">{receipts.delivered >= revision ? "Delivered" : "Sent"}</span>;
}

function Pending({ message, outbox }: { message: Outgoing; outbox: Outbox | undefined }) {
  const kind = message.audience === Audience.STAFF ? "whisper" : "own";
  return (
    <Bubble kind={`${kind} pending`}>
      <header>
        <b>You</b>
        {message.refused === undefined ? (
          <span class="receipt">Sending…</span>
        ) : (
          <span class="receipt error">Not sent: {message.refused}</span>
        )}
      </header>
      {message.text && <p class="text">{message.text}</p>}
      {message.attachmentNames.map((name) => (
        <p key={name} class="file-name">
          {name}
        </p>
      ))}
      {message.refused !== undefined && (
        <p class="row">
          <button type="button" onClick={() => outbox?.again(message.requestId)}>
            Try again
          </button>
          <button type="button" class="quiet" onClick={() => outbox?.discard(message.requestId)}>
            Discard
          </button>
        </p>
      )}
    </Bubble>
  );
}

function Bubble({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <article class={`bubble ${kind}`}>{children}</article>;
}
