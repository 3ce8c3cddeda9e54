/* The same step open in two tabs: the first has it, the second says so and may take it over. */
import { useState, useEffect, useRef } from "./vendor/hooks.js";

/** @param {string} name @returns {{ here: boolean, take: () => void }} */
export function useOnlyHere(name) {
  const [here, setHere] = useState(true);
  const release = useRef(() => {}), gone = useRef(false);

  /** @param {LockOptions} options */
  const hold = (options) => navigator.locks.request(`stemma/${name}`, options, (lock) => {
    if (gone.current) return undefined;
    setHere(lock !== null);
    return lock === null ? undefined : new Promise((resolve) => { release.current = () => resolve(undefined); });
  }).catch(() => { if (!gone.current) setHere(false); });      /* taken over by another tab */

  useEffect(() => {
    gone.current = false;
    hold({ ifAvailable: true });
    return () => { gone.current = true; release.current(); };
  }, [name]);
  return { here, take: () => { hold({ steal: true }); } };
}
