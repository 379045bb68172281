import { useState } from "preact/hooks";
import { kept } from "../shared/kept.ts";
import { milliseconds, moment, roughly } from "../shared/time.ts";
import type { CustomerModel, QueueChoice } from "./model.ts";

/** Before the chat: a name, and what it is about. */
export function StartForm({ model }: { model: CustomerModel }) {
  const [name, setName] = useState(() => kept.get("customer.name", ""));
  const open = model.queues.filter((queue) => queue.availability?.accepting);
  const [chosen, setChosen] = useState<string>();
  const [isStarting, setStarting] = useState(false);
  const queueId = chosen ?? open[0]?.id ?? "";
  const start = async (event: Event) => {
    event.preventDefault();
    setStarting(true);
    kept.put("customer.name", name);
    await model.start(queueId.trim(), name.trim());
    setStarting(false);
  };
  return (
    <main class="pad">
      <form class="stack" onSubmit={start}>
        <label class="field">
          <span>Your name</span>
          <input
            type="text"
            autocomplete="name"
            required
            maxLength={80}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {model.queues.length === 0 ? (
          <label class="field">
            <span>Department</span>
            <input type="text" required value={queueId} onInput={(event) => setChosen(event.currentTarget.value)} />
          </label>
        ) : (
          <fieldset class="target-group">
            <legend>What is it about?</legend>
            {model.queues.map((queue) => (
              <label key={queue.id} class="target">
                <input
                  type="radio"
                  name="queue"
                  disabled={!queue.availability?.accepting}
                  checked={queue.id === queueId}
                  onChange={() => setChosen(queue.id)}
                />
                <span class="target-name">{queue.name}</span>
                <span class="muted">{describe(queue)}</span>
              </label>
            ))}
          </fieldset>
        )}
        <button type="submit" class="primary" disabled={isStarting || queueId.trim() === ""}>
          Start the chat
        </button>
      </form>
    </main>
  );
}

function describe({ availability }: QueueChoice): string {
  if (!availability) return "not available";
  if (!availability.open) {
    const opens = availability.nextOpenTime;
    return opens ? `closed until ${new Date(moment(opens)).toLocaleString()}` : "closed";
  }
  if (!availability.accepting) return availability.closedMessage || "too many people are waiting";
  if (availability.waiting === 0) return "nobody is waiting";
  const estimate = availability.estimatedWait ? `, ${roughly(milliseconds(availability.estimatedWait))}` : "";
  return `${availability.waiting} waiting${estimate}`;
}
