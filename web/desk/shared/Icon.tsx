/** Paths of 16 by 16. */
const PATHS = {
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  pencil: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z",
  star: "M8 2l1.8 3.8 4.2.6-3 2.9.7 4.2L8 11.5l-3.7 2 .7-4.2-3-2.9 4.2-.6z",
  clip: "M11.5 6.5l-4.6 4.6a1.6 1.6 0 0 1-2.3-2.3l5-5a2.6 2.6 0 0 1 3.7 3.7l-5 5a3.8 3.8 0 0 1-5.4-5.4L7 3",
};

/** A picture beside a name: those who can't see it miss nothing. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
