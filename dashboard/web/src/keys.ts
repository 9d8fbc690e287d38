/**
 * Keys of the triage page: an element with `data-key="x"` is followed (link), opened (details) or focused when x is
 * pressed. Keys are never taken from somebody who is typing, nor together with Ctrl, Alt or Meta.
 */
export function listenForKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && document.activeElement instanceof HTMLElement) {
      document.activeElement.blur();
      return;
    }
    if (isTyping(event.target)) return;
    const target = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    activate(target);
  });
}

function activate(target: HTMLElement): void {
  if (target instanceof HTMLAnchorElement) {
    target.click();
  } else if (target instanceof HTMLDetailsElement) {
    target.open = true;
    // A form without fields is its button.
    const first = target.querySelector<HTMLElement>("select, textarea, input:not([type=hidden])");
    (first ?? target.querySelector<HTMLElement>("button"))?.focus();
  } else {
    target.focus();
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");
}
