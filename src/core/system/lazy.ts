/** Makes a thing when it is first asked for, once. Where that fails the next call tries again. */
export function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    if (!made) {
      const trying = make();
      made = trying;
      trying.catch(() => {
        // who asked is told
        if (made === trying) made = undefined;
      });
    }
    return made;
  };
}
