/** Drawn on a grid of 16, in strokes of the text's own colour. Decoration only: the text is beside them. */
const paths = {
  onboarding: 'M3 13V5.5L8 2.5l5 3V13M6.5 13V9h3v4',
  dashboard: 'M2.5 8.5h3l1.7-5 2.4 9 1.6-4h2.3',
  hardware:
    'M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14',
  models: 'M8 2l5.5 3L8 8 2.5 5zM2.5 8 8 11l5.5-3M2.5 11 8 14l5.5-3',
  earnings: 'M2.5 13V9.5M6.2 13V6.5M9.8 13V8.5M13.5 13V3',
  settings: 'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.2v3.6M6 9.2v3.6',
  diagnostics: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 13.5 13.5',
  check: 'M3 8.5 6.5 12 13 4.5',
  warning: 'M8 2.2 14.3 13.3H1.7zM8 6.3v3.4M8 11.3v.6',
  cross: 'M4 4l8 8M12 4l-8 8',
  unknown: 'M3.5 8h9',
  outside: 'M6.5 3.5h-3v9h9v-3M9 2.5h4.5V7M13.3 2.7 7.5 8.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  info: 'M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5zM8 7.2v4M8 4.9v.2',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6z',
  hidden:
    'M2.5 2.5l11 11M4.2 4.8C2.4 6 1.5 8 1.5 8S4 12.5 8 12.5c1.3 0 2.4-.4 3.3-1M6.5 3.7c.5-.1 1-.2 1.5-.2 4 0 6.5 4.5 6.5 4.5s-.6 1.1-1.7 2.2',
  read: 'M4.5 5h7M4.5 8h7M4.5 11h4',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** Two lines that run side by side: the product's mark. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d="M4 20 11 4h3.5L7.5 20zM12.5 20l7-16H23l-7 16z" transform="translate(-1.5 0)" />
    </svg>
  );
}
