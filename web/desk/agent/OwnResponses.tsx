import { create } from "@bufbuild/protobuf";
import { type CannedResponse, CannedResponseSchema, type ChatClient } from "@chatsession/client";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Confirm } from "../shared/Confirm.tsx";
import { Dialog } from "../shared/Dialog.tsx";
import { type Submitting, written } from "../shared/form.ts";
import { explain } from "../shared/refusals.ts";
import type { DeskModel } from "./model.ts";

/** The agent's own canned responses: kept, changed and deleted here. Those that all share are the center's affair. */
export function OwnResponses({ model, onClose }: { model: DeskModel; onClose: () => void }) {
  const { client, toasts } = model;
  const [own, setOwn] = useState<CannedResponse[]>();
  const [problem, setProblem] = useState<string>();
  const [edited, setEdited] = useState<CannedResponse>();
  const add = useRef<HTMLButtonElement>(null);
  const read = () =>
    listOwn(client).then(setOwn, (thrown) => {
      setProblem(explain(thrown));
    });
  useEffect(() => void read(), []);
  useEffect(() => {
    if (!edited) add.current?.focus();
  }, [edited]);

  const save = async (response: CannedResponse) => {
    if (!(await toasts.attempt(client.desk.putCannedResponse({ response })))) return;
    setEdited(undefined);
    await read();
  };
  const remove = async ({ responseId }: CannedResponse) => {
    if (!(await toasts.attempt(client.desk.deleteCannedResponse({ responseId })))) return;
    await read();
    add.current?.focus();
  };
  const fresh = () => create(CannedResponseSchema, { responseId: crypto.randomUUID() });
  return (
    <Dialog title="Your canned responses" wide onClose={onClose}>
      {problem && (
        <p role="alert" class="error">
          {problem}
        </p>
      )}
      {edited ? (
        <ResponseForm key={edited.responseId} response={edited} onSave={save} onCancel={() => setEdited(undefined)} />
      ) : (
        <>
          <ul class="own-responses">
            {own?.map((response) => (
              <OwnResponse
                key={response.responseId}
                response={response}
                onEdit={() => setEdited(response)}
                onDelete={() => void remove(response)}
              />
            ))}
          </ul>
          {own?.length === 0 && <p class="muted">None yet. Only you see yours; everybody sees the center's.</p>}
          <p class="row">
            <button ref={add} type="button" class="primary" onClick={() => setEdited(fresh())}>
              Add one
            </button>
          </p>
        </>
      )}
    </Dialog>
  );
}

/** Own ones come before those that all share. */
async function listOwn(client: ChatClient): Promise<CannedResponse[]> {
  const own: CannedResponse[] = [];
  let pageToken = "";
  for (;;) {
    const page = await client.desk.listCannedResponses({ pageSize: 100, pageToken });
    own.push(...page.responses.flatMap(({ response, personal }) => (personal && response ? [response] : [])));
    pageToken = page.nextPageToken;
    if (pageToken === "" || page.responses.some(({ personal }) => !personal)) return own;
  }
}

interface OwnProps {
  response: CannedResponse;
  onEdit: () => void;
  onDelete: () => void;
}

function OwnResponse({ response, onEdit, onDelete }: OwnProps) {
  const { title, shortcut, text } = response;
  return (
    <li>
      <span class="entry-head">
        <b>{title}</b>
        {shortcut && <code>{shortcut}</code>}
      </span>
      <span class="entry-text">{text}</span>
      <p class="row">
        <button type="button" onClick={onEdit} aria-label={`Edit ${title}`}>
          Edit
        </button>
        <Confirm what="Delete" name={title} onConfirm={onDelete} />
      </p>
    </li>
  );
}

interface FormProps {
  response: CannedResponse;
  onSave: (response: CannedResponse) => Promise<void>;
  onCancel: () => void;
}

function ResponseForm({ response, onSave, onCancel }: FormProps) {
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const save = (event: Submitting) => {
    event.preventDefault();
    const [title, shortcut, text] = [written(event, "title"), written(event, "shortcut"), written(event, "text")];
    void onSave({ ...response, title, shortcut, text });
  };
  return (
    <form class="stack" onSubmit={save}>
      <label class="field">
        <span>Title</span>
        <input ref={first} type="text" name="title" required maxLength={128} defaultValue={response.title} />
      </label>
      <label class="field">
        <span>What you type to find it</span>
        <input type="text" name="shortcut" maxLength={32} placeholder="/bye" defaultValue={response.shortcut} />
      </label>
      <label class="field">
        <span>Text</span>
        <textarea rows={5} name="text" required maxLength={4096} defaultValue={response.text} />
      </label>
      <p class="muted">
        Filled in when it is used: <code>{"{{customer.name}}"}</code> <code>{"{{agent.name}}"}</code>{" "}
        <code>{"{{queue.name}}"}</code>
      </p>
      <p class="row">
        <button type="submit" class="primary">
          Save
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  );
}
