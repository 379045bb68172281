import type { ChatClient, ListedCannedResponse } from "@chatsession/client";
import { useEffect, useState } from "preact/hooks";

interface CannedProps {
  client: ChatClient;
  sessionId: string;
  text: string;
  replace: (text: string) => void;
}

/** Texts that are said again and again: found by `/` and what is typed after it. */
export function CannedResponses({ client, sessionId, text, replace }: CannedProps) {
  const [found, setFound] = useState<ListedCannedResponse[]>([]);
  const isAsked = text.startsWith("/") && !text.includes("\n") && text.length <= 64;
  const query = isAsked ? text.slice(1).trim() : "";

  useEffect(() => {
    if (!isAsked) return;
    const over = new AbortController();
    client.desk
      .listCannedResponses({ sessionId, query, pageSize: 8 }, { signal: over.signal })
      .then(({ responses }) => over.signal.aborted || setFound(responses))
      .catch(() => undefined);
    return () => over.abort();
  }, [isAsked, query, sessionId]);

  if (!isAsked) return null;
  return (
    <ul class="canned" aria-label="Canned responses">
      {found.length === 0 && <li class="muted">No canned response matches.</li>}
      {found.map(({ response, personal }) => (
        <li key={`${personal}-${response?.responseId}`}>
          <button type="button" class="entry" onClick={() => replace(response?.text ?? "")}>
            <span class="entry-head">
              <b>{response?.title}</b>
              {response?.shortcut && <code>{response.shortcut}</code>}
              {personal && <span class="chip">own</span>}
            </span>
            <span class="entry-text">{response?.text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
