import { type ChatClient, type DeskOffer, type DeskOfferEnded, OfferOutcome, type Session } from "@chatsession/client";
import { moment, serverClock } from "../shared/time.ts";
import type { Toasts } from "../shared/toasts.ts";
import { CANCEL_CAUSES } from "../shared/words.ts";

/** Offers that ring at a desk. */
export class Offers {
  readonly #ringing = new Map<string, DeskOffer>();
  /** Answered here: their end is no news. */
  readonly #answered = new Set<string>();
  readonly #client: ChatClient;
  readonly #toasts: Toasts;
  readonly #accepted: (session: Session) => void;

  constructor(client: ChatClient, toasts: Toasts, accepted: (session: Session) => void) {
    this.#client = client;
    this.#toasts = toasts;
    this.#accepted = accepted;
  }

  /** The most urgent first. */
  get list(): DeskOffer[] {
    return [...this.#ringing.values()].sort(
      (one, other) => moment(one.offer?.expireTime) - moment(other.offer?.expireTime),
    );
  }

  /** The desk as it stands: what it doesn't show has ended. */
  opened(offers: readonly DeskOffer[]): void {
    this.#ringing.clear();
    for (const offer of offers) this.rings(offer);
  }

  rings(offer: DeskOffer): void {
    serverClock(offer.serverTime);
    if (offer.offer) this.#ringing.set(offer.offer.offerId, offer);
  }

  ended({ offerId, outcome, cause }: DeskOfferEnded): void {
    const isNews = this.#ringing.delete(offerId) && !this.#answered.delete(offerId);
    if (isNews && outcome === OfferOutcome.CANCELED) this.#toasts.say(CANCEL_CAUSES[cause]);
    if (isNews && outcome === OfferOutcome.NO_ANSWER) this.#toasts.say("An offer wasn't answered in time.", "bad");
  }

  async accept({ offer, sessionId }: DeskOffer): Promise<void> {
    const offerId = offer?.offerId ?? "";
    await this.#answer(offerId, async () => {
      const { session } = await this.#client.sessions.acceptOffer({ sessionId, offerId });
      this.#ringing.delete(offerId);
      if (session) this.#accepted(session);
    });
  }

  async decline({ offer, sessionId }: DeskOffer): Promise<void> {
    const offerId = offer?.offerId ?? "";
    await this.#answer(offerId, () => this.#client.sessions.declineOffer({ sessionId, offerId }));
  }

  async #answer(offerId: string, call: () => Promise<unknown>): Promise<void> {
    this.#answered.add(offerId);
    if (!(await this.#toasts.attempt(call()))) this.#answered.delete(offerId);
  }
}
