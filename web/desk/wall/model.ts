import {
  type AgentStatistics,
  type AgentTarget,
  type ChatClient,
  type LiveSession,
  type QueueStatistics,
  type QueueTarget,
} from "@chatsession/client";
import { DeskModel } from "../agent/model.ts";
import { TargetTable } from "../agent/targets.ts";
import { kept } from "../shared/kept.ts";
import { explain } from "../shared/refusals.ts";
import { Store } from "../shared/store.ts";
import type { Toasts } from "../shared/toasts.ts";
import { Monitored } from "./monitored.ts";

const SESSIONS_INTERVAL = 2_000;
const STATISTICS_INTERVAL = 5_000;

/** What a supervisor sees. */
export class WallModel extends Store {
  sessions: LiveSession[] = [];
  queues: QueueTarget[] = [];
  agents: AgentTarget[] = [];
  queueStatistics = new Map<string, QueueStatistics>();
  agentStatistics = new Map<string, AgentStatistics>();
  problem: string | undefined;
  isReconnecting = false;
  hasMore = false;
  monitored: Monitored | undefined;
  /** The supervisor's own desk, while they take part in chats. */
  desk: DeskModel | undefined;
  readonly client: ChatClient;
  readonly toasts: Toasts;
  readonly self: string;

  constructor(client: ChatClient, self: string, toasts: Toasts) {
    super();
    this.client = client;
    this.toasts = toasts;
    this.self = self;
  }

  run(): void {
    void this.#follow();
    void this.#poll(SESSIONS_INTERVAL, () => this.#readSessions());
    void this.#poll(STATISTICS_INTERVAL, () => this.#readStatistics());
    const before = kept.get("wall.monitored", "");
    if (before) void this.monitor(before);
    if (kept.get("wall.desk", false)) void this.#openDesk();
  }

  agentName = (id: string): string => this.agents.find((agent) => agent.state?.agentId === id)?.displayName ?? id;
  queueName = (id: string): string => this.queues.find((queue) => queue.queueId === id)?.displayName ?? id;

  async monitor(sessionId: string): Promise<void> {
    if (this.monitored?.log.sessionId === sessionId) return;
    await this.stopMonitoring();
    const monitored = new Monitored(this.client, this.self, sessionId, () => this.changed());
    if (!(await this.toasts.attempt(this.client.supervision.monitor({ sessionId })))) {
      kept.put("wall.monitored", undefined);
      return;
    }
    kept.put("wall.monitored", sessionId);
    this.monitored = monitored;
    this.changed();
    await this.toasts.attempt(monitored.follow());
  }

  async stopMonitoring(): Promise<void> {
    const before = this.monitored;
    this.monitored = undefined;
    kept.put("wall.monitored", undefined);
    this.changed();
    if (!before) return;
    before.stop();
    await this.client.supervision.stopMonitoring({ sessionId: before.log.sessionId }).catch(() => undefined);
  }

  /** Joins a chat: the supervisor is a connected agent then, with a desk of their own beside the wall. */
  async join(sessionId: string, how: "bargeIn" | "takeOver"): Promise<void> {
    const desk = await this.#openDesk();
    if (!(await this.toasts.attempt(this.client.supervision[how]({ sessionId })))) return;
    await this.stopMonitoring();
    desk.select(sessionId);
    this.changed();
  }

  /** Takes a customer from their queue, out of turn. */
  async take(sessionId: string): Promise<void> {
    const desk = await this.#openDesk();
    if (!(await desk.take(sessionId))) return;
    if (this.monitored?.log.sessionId === sessionId) await this.stopMonitoring();
    this.changed();
  }

  async #openDesk(): Promise<DeskModel> {
    if (this.desk && !this.desk.isSignedOut && this.desk.problem === undefined) return this.desk;
    const desk = new DeskModel(this.client, this.self, true, this.toasts);
    this.desk = desk;
    kept.put("wall.desk", true);
    desk.subscribe(() => this.changed());
    const isLive = new Promise<void>((resolve) => {
      const stop = desk.subscribe(() => {
        if (!desk.isLive && desk.problem === undefined) return;
        stop();
        resolve();
      });
    });
    void desk.run();
    await isLive;
    return desk;
  }

  async #follow(): Promise<void> {
    const table = new TargetTable();
    try {
      const onConnection = ({ state }: { state: string }) => {
        this.isReconnecting = state === "reconnecting";
        this.changed();
      };
      for await (const update of this.client.watchTargets({}, { onConnection })) {
        const targets = table.update(update);
        this.agents = targets.flatMap(({ kind }) => (kind.case === "agent" ? [kind.value] : []));
        this.queues = targets.flatMap(({ kind }) => (kind.case === "queue" ? [kind.value] : []));
        this.hasMore = update.more;
        this.changed();
      }
    } catch (thrown) {
      this.problem = explain(thrown);
      this.changed();
    }
  }

  /** For what no stream brings. A reading that fails is made up for by the next one. */
  async #poll(interval: number, read: () => Promise<void>): Promise<void> {
    while (this.problem === undefined) {
      if (!document.hidden) await read().catch(() => undefined);
      this.changed();
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  }

  async #readSessions(): Promise<void> {
    this.sessions = (await this.client.supervision.listLiveSessions({ pageSize: 100 })).sessions;
  }

  async #readStatistics(): Promise<void> {
    const { queues } = await this.client.supervision.listQueueStatistics({ pageSize: 500 });
    const { agents } = await this.client.supervision.listAgentStatistics({ pageSize: 500 });
    this.queueStatistics = new Map(queues.map((queue) => [queue.queueId, queue]));
    this.agentStatistics = new Map(agents.map((agent) => [agent.agentId, agent]));
  }
}
