// What a part of a bar is filled with: a colour and a pattern, so that nobody needs the colour.

export const FILLS = ['solid', 'stripes', 'dots', 'open'] as const;
export type Fill = (typeof FILLS)[number];

const STEP = 6;

/** The patterns of one drawing, under ids that begin with `prefix`. */
export function FillPatterns({ prefix }: { prefix: string }) {
  return (
    <defs>
      {FILLS.map((fill) => (
        <pattern key={fill} id={idOf(prefix, fill)} className={`plot-${fill}`} patternUnits="userSpaceOnUse" width={STEP} height={STEP}>
          <rect className="plot-back" width={STEP} height={STEP} />
          {fill === 'stripes' && <path className="plot-stroke" d={`M-1 1l2-2M0 ${STEP}l${STEP}-${STEP}M${STEP - 1} ${STEP + 1}l2-2`} />}
          {fill === 'dots' && <circle className="plot-mark" cx={STEP / 2} cy={STEP / 2} r="1.5" />}
        </pattern>
      ))}
    </defs>
  );
}

export function fillOf(prefix: string, fill: Fill): string {
  return `url(#${idOf(prefix, fill)})`;
}

function idOf(prefix: string, fill: Fill): string {
  return `${prefix}-${fill}`;
}
