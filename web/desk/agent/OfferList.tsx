import { type DeskOffer, InviteMode, OfferKind } from "@chatsession/client";
import { useNow } from "../shared/store.ts";
import { clock, milliseconds, untilDeadline } from "../shared/time.ts";
import type { DeskModel } from "./model.ts";

/** Offers that ring, the most urgent first. */
export function OfferList({ model }: { model: DeskModel }) {
  return (
    <section aria-label="Offers" aria-live="assertive" class="offers">
      {model.offers.list.map((offer) => (
        <OfferCard key={offer.offer?.offerId} offer={offer} model={model} />
      ))}
    </section>
  );
}

function OfferCard({ offer, model }: { offer: DeskOffer; model: DeskModel }) {
  const isInvitation = offer.offer?.kind === OfferKind.INVITATION;
  const from = isInvitation
    ? `${offer.inviterName} ${offer.offer?.mode === InviteMode.TRANSFER ? "hands over" : "invites you"}`
    : model.names.queue(offer.offer?.queueId ?? "");
  return (
    <article class="offer" aria-label={`Offer: ${offer.customerName || "Customer"}`}>
      <header>
        <b>{offer.customerName || "Customer"}</b>
        <Countdown offer={offer} />
      </header>
      <p class="muted">
        {from}
        {offer.language && ` · ${offer.language}`} · waited {clock(milliseconds(offer.waited))}
      </p>
      {offer.note && <p class="note">“{offer.note}”</p>}
      {offer.attributes.length > 0 && (
        <dl class="attributes">
          {offer.attributes.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="row">
        <button type="button" class="primary" onClick={() => void model.offers.accept(offer)}>
          Accept
        </button>
        <button type="button" onClick={() => void model.offers.decline(offer)}>
          Decline
        </button>
      </p>
    </article>
  );
}

function Countdown({ offer }: { offer: DeskOffer }) {
  const now = useNow(500);
  const left = untilDeadline(offer.offer?.expireTime, now);
  // The time runs before the eyes; read aloud every second it would drown everything else.
  return (
    <span class={left < 6000 ? "chip chip-danger" : "chip"} aria-hidden="true">
      {clock(left)}
    </span>
  );
}
