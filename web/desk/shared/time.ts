import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

export function milliseconds(time: Duration | undefined): number {
  return time ? Number(time.seconds) * 1000 + time.nanos / 1e6 : 0;
}

export function moment(time: Timestamp | undefined): number {
  return time ? Number(time.seconds) * 1000 + time.nanos / 1e6 : 0;
}

/** `4:05`, or `1:04:05`. */
export function clock(time: number): string {
  const seconds = Math.max(0, Math.floor(time / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number: number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `less than a minute`, `about 3 minutes`. */
export function roughly(time: number): string {
  const minutes = Math.round(time / 60_000);
  if (minutes < 1) return "less than a minute";
  return minutes === 1 ? "about a minute" : `about ${minutes} minutes`;
}

const HOURS = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** `14:03`, in the reader's own way. */
export function hour(time: Timestamp | undefined): string {
  return time ? HOURS.format(moment(time)) : "";
}

/** How far the service's clock is ahead of this one, so that deadlines count down the same on both. */
let ahead = 0;

export function serverClock(time: Timestamp | undefined): void {
  if (time) ahead = moment(time) - Date.now();
}

export function untilDeadline(deadline: Timestamp | undefined, now: number): number {
  return moment(deadline) - ahead - now;
}
