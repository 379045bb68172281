import type { ChatClient, Target } from "@chatsession/client";

/** Names of colleagues and queues, as far as they have been seen. */
export class Directory {
  readonly #agents = new Map<string, string>();
  readonly #queues = new Map<string, string>();

  agent = (id: string): string => this.#agents.get(id) ?? id;
  queue = (id: string): string => this.#queues.get(id) ?? id;

  see(targets: readonly Target[]): void {
    for (const { kind } of targets) {
      if (kind.case === "agent") this.#agents.set(kind.value.state?.agentId ?? "", kind.value.displayName);
      if (kind.case === "queue") this.#queues.set(kind.value.queueId, kind.value.displayName);
    }
  }

  seeAgent(id: string, name: string): void {
    if (id && name) this.#agents.set(id, name);
  }

  /** The first few hundred; the Invite window brings others when they are looked for. */
  async load(client: ChatClient): Promise<void> {
    let pageToken = "";
    for (let page = 0; page < 5; page++) {
      const answer = await client.desk.listTargets({ pageSize: 100, pageToken });
      this.see(answer.targets);
      pageToken = answer.nextPageToken;
      if (pageToken === "") return;
    }
  }
}
