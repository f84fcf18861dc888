import type { Earns } from '../../shared/states/row.ts';

const shapes: Readonly<Record<Earns | 'unheard', string>> = {
  yes: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z',
  no: 'M3.6 2.2 8 6.6l4.4-4.4 1.4 1.4L9.4 8l4.4 4.4-1.4 1.4L8 9.4l-4.4 4.4-1.4-1.4L6.6 8 2.2 3.6z',
  unknown: 'M8 2 14.6 13.6H1.4z',
  unheard: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11zm0 2a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7z',
};

/** The state at a glance, by shape as well as by colour: ● earns, ✕ doesn't, ▲ unconfirmed, ○ unknown. */
export function StateShape({ earns }: { earns: Earns | 'unheard' }) {
  return (
    <svg
      className="state-shape"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path fillRule="evenodd" d={shapes[earns]} />
    </svg>
  );
}
