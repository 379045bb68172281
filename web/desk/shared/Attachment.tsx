import type { ChatClient } from "@chatsession/client";
import { useEffect, useState } from "preact/hooks";
import { explain } from "./refusals.ts";

interface AttachmentProps {
  client: ChatClient;
  sessionId: string;
  id: string;
  name: string;
  contentType: string;
  size: number;
}

/** Pictures beyond this are fetched only when somebody asks for them. */
const SHOWN_BYTES = 5 << 20;
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** A file of a message: a picture is shown, everything can be saved. */
export function AttachmentView(props: AttachmentProps) {
  const { name, contentType, size } = props;
  const [picture, setPicture] = useState<string>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (!PICTURES.includes(contentType) || size > SHOWN_BYTES || name === "") return;
    let url: string | undefined;
    const over = new AbortController();
    fetchBytes(props, over.signal).then(
      (blob) => {
        url = URL.createObjectURL(blob.slice(0, blob.size, contentType));
        setPicture(url);
      },
      (thrown) => over.signal.aborted || setProblem(explain(thrown)),
    );
    return () => {
      over.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [props.id]);

  const save = async () => {
    try {
      const link = await props.client.sessions.getAttachment({ sessionId: props.sessionId, attachmentId: props.id });
      const anchor = document.createElement("a");
      anchor.href = link.downloadUrl;
      anchor.download = name;
      anchor.click();
    } catch (thrown) {
      setProblem(explain(thrown));
    }
  };

  if (name === "") return <p class="redacted">This file was removed.</p>;
  return (
    <div class="attachment">
      {picture && <img src={picture} alt={name} />}
      <button type="button" class="file" onClick={save}>
        <span class="file-name">{name}</span> <span class="muted">{bytes(size)}</span>
      </button>
      {problem && <p class="error">{problem}</p>}
    </div>
  );
}

async function fetchBytes({ client, sessionId, id }: AttachmentProps, signal: AbortSignal): Promise<Blob> {
  const { downloadUrl } = await client.sessions.getAttachment({ sessionId, attachmentId: id }, { signal });
  const answer = await fetch(downloadUrl, { signal });
  if (!answer.ok) throw new Error(`the file can't be fetched: ${answer.status}`);
  return await answer.blob();
}

/** Brings a file; answers its id, ready to be sent. */
export async function upload(client: ChatClient, sessionId: string, file: File, signal: AbortSignal): Promise<string> {
  const contentType = file.type.split(";")[0]?.trim().toLowerCase() || "application/octet-stream";
  const { attachmentId, uploadUrl } = await client.sessions.createAttachment(
    { sessionId, fileName: file.name, contentType, size: BigInt(file.size) },
    { signal },
  );
  const headers = { "content-type": contentType };
  const answer = await fetch(uploadUrl, { method: "PUT", body: file, headers, signal });
  if (!answer.ok) throw new Error((await answer.text()) || `the file was refused: ${answer.status}`);
  return attachmentId;
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  return size < 1 << 20 ? `${Math.round(size / 1024)} KiB` : `${(size / (1 << 20)).toFixed(1)} MiB`;
}
