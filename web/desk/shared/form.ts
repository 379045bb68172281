export type Submitting = SubmitEvent & { currentTarget: HTMLFormElement };

/** What is written in a field of a form, also between a letter and the next painting: Enter may come sooner. */
export function written({ currentTarget }: Submitting, name: string): string {
  return String(new FormData(currentTarget).get(name) ?? "").trim();
}
