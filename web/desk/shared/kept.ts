/** What a tab keeps over a reload. A browser that keeps nothing is no reason to stop. */
export const kept = {
  get<T>(key: string, otherwise: T): T {
    try {
      const text = sessionStorage.getItem(`chatsession.${key}`);
      return text === null ? otherwise : (JSON.parse(text) as T);
    } catch {
      return otherwise;
    }
  },
  put(key: string, value: unknown): void {
    try {
      if (value === undefined) sessionStorage.removeItem(`chatsession.${key}`);
      else sessionStorage.setItem(`chatsession.${key}`, JSON.stringify(value));
    } catch {
      // Full, or forbidden: the page works on, and forgets on a reload.
    }
  },
};
