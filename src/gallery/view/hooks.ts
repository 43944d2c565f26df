import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Extent } from '../model/zoom.ts';

/** The size of an element's content box, in CSS pixels; undefined until it is in the page. */
export function useSize(element: RefObject<HTMLElement | null>): Extent | undefined {
  const [size, setSize] = useState<Extent>();
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(
      ([entry]) =>
        entry && setSize({ width: entry.contentRect.width, height: entry.contentRect.height }),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

/** A stable function that calls the latest version. */
export function useLatest<A extends unknown[], R>(action: (...args: A) => R): (...args: A) => R {
  const latest = useRef(action);
  latest.current = action;
  return useCallback((...args: A) => latest.current(...args), []);
}

/** A debounced function. @param delay in ms */
export function useDebounced<A extends unknown[]>(
  action: (...args: A) => void,
  delay: number,
): (...args: A) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const act = useLatest(action);
  return useCallback((...args: A) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => act(...args), delay);
  }, []);
}
