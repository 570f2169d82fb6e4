// For the page that shows our form in a frame: makes the frame as high as what is in it. See docs/embedding.md.
(() => {
  const LOWEST = 200; // pixels; a height below or beyond these is no page of ours
  const HIGHEST = 10_000;
  const ours = new URL(document.currentScript.src).origin;
  const seen = new WeakSet();

  const frames = () =>
    [...document.querySelectorAll("iframe")].filter((frame) => {
      try {
        const address = new URL(frame.src);
        return address.origin === ours && address.pathname.startsWith("/contact/embed");
      } catch {
        return false; // no address, or none that means anything
      }
    });

  const ask = (frame) => frame.contentWindow?.postMessage({ lantern: "how high" }, ours);

  // A page from elsewhere cannot be looked into; a frame that still waits for it holds an empty one of this site.
  const hasLoaded = (frame) => frame.contentDocument === null || frame.contentDocument.URL !== "about:blank";

  const watch = (frame) => {
    let loads = 0;
    frame.addEventListener("load", () => {
      ask(frame);
      // The thank-you page is short: whoever pressed Send at the end of a long form would look at nothing.
      if (++loads > 1 && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
    });
    if (hasLoaded(frame)) ask(frame);
  };

  const watchAll = () =>
    frames().forEach((frame) => {
      if (seen.has(frame)) return;
      seen.add(frame);
      watch(frame);
    });

  addEventListener("message", (event) => {
    if (event.origin !== ours || event.data?.lantern !== "height") return;
    const height = event.data.height;
    const frame = frames().find((one) => one.contentWindow === event.source);
    if (!frame || !Number.isInteger(height) || height < LOWEST || height > HIGHEST) return;
    frame.style.boxSizing = "content-box"; // a border of the site's own must not take room from the page within
    frame.style.height = `${height}px`;
  });

  watchAll();
  addEventListener("DOMContentLoaded", watchAll);
})();
