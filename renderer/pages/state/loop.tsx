import { t } from '../../i18n/text.ts';

const parts = ['stake', 'run', 'serve', 'prove', 'earn'] as const;

/** How a node earns, in five lines. */
export function Loop() {
  return (
    <ol className="loop">
      {parts.map((part) => (
        <li key={part}>
          <strong>{t(`dashboard.loop.${part}.name`)}</strong>
          <span>{t(`dashboard.loop.${part}.text`)}</span>
        </li>
      ))}
    </ol>
  );
}
