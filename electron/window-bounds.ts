/** Where a window comes up: where it was, if that can still be seen. Pure. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So much of a title bar has to be on a screen that somebody can take hold of it. */
const GRIP = { width: 120, height: 30 };

/** `screens`: the areas without task bars, the main one first. */
export function visibleBounds(
  remembered: Bounds | null,
  preferred: Pick<Bounds, "width" | "height">,
  screens: readonly Bounds[],
): Bounds {
  const [main] = screens;
  if (main === undefined) return { x: 0, y: 0, ...preferred };
  const screen = remembered === null ? undefined : screens.find((each) => canBeTaken(remembered, each));
  if (remembered === null || screen === undefined) return centred(remembered ?? preferred, main);
  const { width, height } = within(remembered, screen);
  return { x: remembered.x, y: remembered.y, width, height };
}

function canBeTaken({ x, y, width }: Bounds, screen: Bounds): boolean {
  const left = Math.max(x, screen.x);
  const right = Math.min(x + width, screen.x + screen.width);
  return right - left >= GRIP.width && y >= screen.y && y + GRIP.height <= screen.y + screen.height;
}

function within({ width, height }: Pick<Bounds, "width" | "height">, screen: Bounds) {
  return { width: Math.min(width, screen.width), height: Math.min(height, screen.height) };
}

function centred(size: Pick<Bounds, "width" | "height">, screen: Bounds): Bounds {
  const { width, height } = within(size, screen);
  return {
    x: screen.x + Math.round((screen.width - width) / 2),
    y: screen.y + Math.round((screen.height - height) / 2),
    width,
    height,
  };
}
