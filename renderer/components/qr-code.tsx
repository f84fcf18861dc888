import { create } from 'qrcode';
import { useMemo } from 'react';

/** Modules of light around the code; less and readers miss it. */
const quiet = 4;

/** A QR code as one drawn shape, dark on light in every theme. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { side, path } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' });
    const shapes: string[] = [];
    for (let row = 0; row < modules.size; row += 1) {
      for (let column = 0; column < modules.size; column += 1) {
        if (modules.get(row, column)) shapes.push(`M${column + quiet} ${row + quiet}h1v1h-1z`);
      }
    }
    return { side: modules.size + 2 * quiet, path: shapes.join('') };
  }, [text]);
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect className="qr-light" width={side} height={side} />
      <path className="qr-dark" d={path} />
    </svg>
  );
}
