// Texts whose contrast with what is behind them is below 4.5 to 1, as WCAG 2 computes it.
() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  // few of a page's colours differ, and each look at a pixel is slow
  const known = new Map();
  const colour = (css, below) => {
    const key = css + below;
    if (!known.has(key)) {
      known.set(key, painted(css, below));
    }
    return known.get(key);
  };
  const painted = (css, below) => {
    canvas.fillStyle = `rgb(${below.join(" ")})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const ground = element => {
    if (!element) {
      return [255, 255, 255];
    }
    const box = element.closest("g.route")?.querySelector("rect");
    return colour(box ? getComputedStyle(box).fill : getComputedStyle(element).backgroundColor,
      ground(box ? element.closest("svg").parentElement : element.parentElement));
  };
  const light = rgb => rgb.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  let seen = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const words = texts.currentNode.data.trim();
    if (words && element.getClientRects().length > 0 && !element.closest("script, title, noscript")) {
      seen++;
      const below = ground(element);
      const style = getComputedStyle(element);
      const [a, b] = [light(colour(element.closest("svg") ? style.fill : style.color, below)), light(below)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) {
        found.push(`${words.slice(0, 40)} (${element.nodeName} ${element.className}): ${ratio.toFixed(2)}`);
      }
    }
  }
  return seen < 50 ? ["only " + seen + " texts were looked at"] : found;
}
