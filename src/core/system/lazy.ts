/** Creates a value on first use, once. After a failure the next call tries again. */
export function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    if (!made) {
      const trying = make();
      made = trying;
      trying.catch(() => {
        // The caller gets the error.
        if (made === trying) made = undefined;
      });
    }
    return made;
  };
}
