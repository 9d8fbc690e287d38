/** Selects marked `data-submit` (order, page size) send their form when changed; without scripts its button does. */
export function submitOnChange(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-submit]")) {
    select.addEventListener("change", () => select.form?.requestSubmit());
  }
}
