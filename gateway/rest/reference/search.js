"use strict";
// Shows only the entries that hold every word of the query. Without this script the
// page is whole; only the search box stays hidden.
(() => {
  const box = document.getElementById("search");
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const entries = [...document.querySelectorAll(".entry")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
  }));
  const search = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of entries) {
      const match = words.every((word) => entry.text.includes(word));
      entry.element.hidden = !match;
      shown += match ? 1 : 0;
    }
    found.textContent = words.length ? `${shown} of ${entries.length} entries` : "";
  };
  box.hidden = false;
  query.addEventListener("input", search);
  // A link leads to its entry even while the search hides it.
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) {
      query.value = "";
      search();
      target.scrollIntoView();
    }
  });
})();
