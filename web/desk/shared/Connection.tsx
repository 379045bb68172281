import type { Connection } from "@chatsession/client";
import { useEffect, useState } from "preact/hooks";
import { useStore } from "./store.ts";
import { type PageToken, claims } from "./token.ts";

/** What is over sooner isn't worth a word, such as a server that hands over to the next one. */
const WORTH_A_WORD = 600;

/** Says so when the stream is cut. Said politely: the page goes on by itself. */
export function ConnectionBanner({ connection }: { connection: Connection | undefined }) {
  const isCut = connection?.state === "reconnecting";
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    setShown(false);
    if (!isCut) return;
    const timer = setTimeout(() => setShown(true), WORTH_A_WORD);
    return () => clearTimeout(timer);
  }, [isCut]);
  return (
    <div role="status" class="banner-place">
      {isCut && isShown && (
        <p class="banner banner-warn">Reconnecting… What you write is kept and will be sent.</p>
      )}
    </div>
  );
}

/** Asks for another token when the one there was is no good. Nothing of the page is lost by it. */
export function StaleToken({ token }: { token: PageToken }) {
  useStore(token);
  if (!token.isStale) return null;
  return (
    <div class="banner banner-danger" role="alert">
      <p>Your token runs out, or isn't valid any more. Paste a new one to go on.</p>
      <TokenForm label="New token" action="Go on" onToken={(text) => token.give(text)} />
    </div>
  );
}

interface TokenFormProps {
  label: string;
  action: string;
  onToken: (token: string) => void;
}

/** A box to paste a token into. */
export function TokenForm({ label, action, onToken }: TokenFormProps) {
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  return (
    <form
      class="token-form"
      onSubmit={(event) => {
        event.preventDefault();
        const token = text.trim();
        if (claims(token)) onToken(token);
        else setWrong(true);
      }}
    >
      <label>
        <span>{label}</span>
        <input
          type="password"
          autocomplete="off"
          required
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        {action}
      </button>
      {isWrong && (
        <p role="alert" class="error">
          That isn't a token.
        </p>
      )}
    </form>
  );
}

interface SignInProps {
  title: string;
  /** Whose token it is. */
  hint: string;
  token: PageToken;
}

/** The page before there is a token, or with one for another page. */
export function SignIn({ title, hint, token }: SignInProps) {
  const role = token.claims?.role;
  return (
    <main class="sign-in card">
      <h1>{title}</h1>
      <p>
        {role !== undefined && `This token is for the role “${role}”. `}
        {hint}
      </p>
      <TokenForm label="Token" action="Sign in" onToken={(text) => token.give(text)} />
    </main>
  );
}
