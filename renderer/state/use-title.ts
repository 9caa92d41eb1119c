import { useEffect } from "react";

const PRODUCT = "EFS Mail Gateway";

/** Of the window or tab; left out: the product's name alone. */
export function useTitle(title?: string): void {
  useEffect(() => {
    document.title = title === undefined ? PRODUCT : `${title} - ${PRODUCT}`;
  }, [title]);
}
