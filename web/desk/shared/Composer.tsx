import type { ChatClient } from "@chatsession/client";
import type { ComponentChildren, Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { upload } from "./Attachment.tsx";
import { Icon } from "./Icon.tsx";
import { kept } from "./kept.ts";
import { explain } from "./refusals.ts";

/** A file that goes with the message that is being written. */
interface DraftFile {
  key: string;
  name: string;
  /** Set once it is there. */
  id?: string;
  problem?: string;
}

interface Draft {
  text: string;
  files: DraftFile[];
}

export interface Written {
  text: string;
  isWhisper: boolean;
  files: { id: string; name: string }[];
}

type Helper = (text: string, replace: (text: string) => void) => ComponentChildren;

interface ComposerProps {
  client: ChatClient;
  sessionId: string;
  /** Agents may write what only staff sees. */
  mayWhisper: boolean;
  /** Supervisors who only look in may do nothing else, and send no files. */
  whisperOnly?: boolean;
  onSend: (written: Written) => void;
  onTyping: (isWhisper: boolean) => void;
  box?: Ref<HTMLTextAreaElement>;
  /** More to put in: shown above the box, told what is written so far and how to replace it. */
  helper?: Helper;
  /** More buttons below it. */
  tools?: Helper;
}

/** Typing is told again at most that often; it holds for 6 seconds. */
const TYPING_INTERVAL = 3000;
const NONE: Draft = { text: "", files: [] };

/** Where a message is written. What is written is kept over a reload. */
export function Composer(props: ComposerProps) {
  const { client, sessionId } = props;
  const key = `draft.${sessionId}`;
  const [draft, setDraft] = useState<Draft>(() => restored(key));
  // What is written, also between a letter and the next painting: Enter may come sooner.
  const latest = useRef(draft);
  const [whispers, setWhispers] = useState(props.whisperOnly ?? false);
  const typed = useRef(0);
  const picker = useRef<HTMLInputElement>(null);
  const uploads = useRef(new AbortController());

  useEffect(() => () => uploads.current.abort(), []);

  const change = (next: (draft: Draft) => Draft) => {
    const after = next(latest.current);
    latest.current = after;
    kept.put(key, after.text || after.files.length ? after : undefined);
    setDraft(after);
  };
  const write = (text: string) => {
    change((before) => ({ ...before, text }));
    if (text === "" || Date.now() - typed.current < TYPING_INTERVAL) return;
    typed.current = Date.now();
    props.onTyping(whispers);
  };
  const replace = (text: string) => change((before) => ({ ...before, text }));
  const attach = (files: Iterable<File>) => {
    if (props.whisperOnly) return;
    for (const file of files) {
      const fileKey = crypto.randomUUID();
      const put = (more: Partial<DraftFile>) =>
        change((before) => ({
          ...before,
          files: before.files.map((each) => (each.key === fileKey ? { ...each, ...more } : each)),
        }));
      change((before) => ({ ...before, files: [...before.files, { key: fileKey, name: file.name }] }));
      upload(client, sessionId, file, uploads.current.signal).then(
        (id) => put({ id }),
        (thrown) => uploads.current.signal.aborted || put({ problem: explain(thrown) }),
      );
    }
  };
  const send = () => {
    const { text, files } = latest.current;
    if (!isReady(latest.current)) return;
    const ready = files.flatMap(({ id, name }) => (id === undefined ? [] : [{ id, name }]));
    props.onSend({ text: text.trim(), isWhisper: whispers, files: ready });
    // What comes next is typing again, but not one call for each short word.
    typed.current = Math.min(typed.current, Date.now() - TYPING_INTERVAL + 1000);
    change(() => NONE);
  };

  return (
    <form
      class={whispers ? "composer composer-whisper" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        attach(event.dataTransfer?.files ?? []);
      }}
    >
      {props.helper?.(draft.text, replace)}
      <Files
        files={draft.files}
        onRemove={(gone) => change((before) => ({ ...before, files: before.files.filter(({ key }) => key !== gone) }))}
      />
      <textarea
        ref={props.box}
        rows={2}
        maxLength={16_384}
        aria-label={whispers ? "Whisper to staff" : "Message"}
        placeholder={whispers ? "Only staff will see this…" : "Write a message…"}
        value={draft.text}
        onInput={(event) => write(event.currentTarget.value)}
        onPaste={(event) => {
          const files = event.clipboardData?.files;
          if (!files?.length) return;
          event.preventDefault();
          attach(files);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="composer-bar">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            attach(event.currentTarget.files ?? []);
            event.currentTarget.value = "";
          }}
        />
        {!props.whisperOnly && (
          <button type="button" class="quiet" onClick={() => picker.current?.click()}>
            <Icon name="clip" /> Attach a file
          </button>
        )}
        {props.tools?.(draft.text, replace)}
        {props.mayWhisper && !props.whisperOnly && (
          <label class="check">
            <input type="checkbox" checked={whispers} onChange={(event) => setWhispers(event.currentTarget.checked)} />
            Whisper
          </label>
        )}
        <button type="submit" class="primary" disabled={!isReady(draft)}>
          {whispers ? "Whisper" : "Send"}
        </button>
      </div>
    </form>
  );
}

function Files({ files, onRemove }: { files: DraftFile[]; onRemove: (key: string) => void }) {
  if (files.length === 0) return null;
  return (
    <ul class="draft-files" aria-label="Files to send">
      {files.map(({ key, name, id, problem }) => (
        <li key={key} class={problem ? "chip chip-danger" : "chip"}>
          {name} {problem ?? (id === undefined ? "uploading…" : "ready")}
          <button type="button" class="icon" aria-label={`Remove ${name}`} onClick={() => onRemove(key)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** There is something to say, and no file is on its way. */
function isReady({ text, files }: Draft): boolean {
  if (files.some((file) => file.id === undefined && file.problem === undefined)) return false;
  return text.trim() !== "" || files.some((file) => file.id !== undefined);
}

/** What was on its way when the page or the chat was left isn't finished any more. */
function restored(key: string): Draft {
  const { text, files } = kept.get<Draft>(key, NONE);
  const interrupted = (file: DraftFile) => ({ problem: "wasn't uploaded whole: attach it again", ...file });
  return { text, files: files.map((file) => (file.id === undefined ? interrupted(file) : file)) };
}
