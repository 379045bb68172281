import { AgentStatus } from "@chatsession/client";
import { useEffect } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import type { DeskModel } from "./model.ts";

interface Shortcut {
  keys: string;
  what: string;
  /** `KeyboardEvent.code`, with Alt and Shift. */
  code?: string;
  run?: (model: DeskModel) => void;
}

const SHORTCUTS: Shortcut[] = [
  { keys: "Alt Shift A", what: "Accept the first offer", code: "KeyA", run: (model) => first(model, "accept") },
  { keys: "Alt Shift D", what: "Decline the first offer", code: "KeyD", run: (model) => first(model, "decline") },
  { keys: "Alt Shift J", what: "Next chat", code: "KeyJ", run: (model) => step(model, 1) },
  { keys: "Alt Shift K", what: "Chat before", code: "KeyK", run: (model) => step(model, -1) },
  { keys: "Alt Shift I", what: "Invite or transfer", code: "KeyI", run: () => click("invite") },
  { keys: "Alt Shift E", what: "End Chat", code: "KeyE", run: () => click("end") },
  { keys: "Alt Shift M", what: "Write a message", code: "KeyM", run: () => focus(".composer textarea") },
  { keys: "Alt Shift W", what: "Waiting customers, for supervisors", code: "KeyW", run: () => click("waiting") },
  { keys: "Alt Shift R", what: "Ready, or not ready", code: "KeyR", run: toggleReady },
  { keys: "/", what: "In an empty message: canned responses" },
  { keys: "Enter", what: "Send; with Shift a new line" },
  { keys: "?", what: "This list" },
];

/** Keys for what is done all day. None of them works while a window is open, nor takes a letter from what is typed. */
export function useShortcuts(model: DeskModel, onHelp: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (document.querySelector("dialog[open]")) return;
      if (event.key === "?" && !isTyping(event.target)) {
        event.preventDefault();
        onHelp();
        return;
      }
      if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
      const shortcut = SHORTCUTS.find((each) => each.code === event.code);
      if (!shortcut?.run) return;
      event.preventDefault();
      shortcut.run(model);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [model]);
}

export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="shortcuts">
        {SHORTCUTS.map(({ keys, what }) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}

function first(model: DeskModel, what: "accept" | "decline"): void {
  const [offer] = model.offers.list;
  if (offer) void model.offers[what](offer);
}

function step(model: DeskModel, by: number): void {
  const { list } = model;
  const at = list.findIndex((chat) => chat.id === model.selected);
  model.select(list[(at + by + list.length) % list.length]?.id);
}

function click(what: string): void {
  document.querySelector<HTMLElement>(`[data-shortcut="${what}"]`)?.click();
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

function toggleReady(model: DeskModel): void {
  const isReady = model.state?.status === AgentStatus.READY;
  void model.setState(isReady ? AgentStatus.NOT_READY : AgentStatus.READY, isReady ? "break" : "");
}
