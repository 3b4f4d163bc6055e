// A read-out over a picture with one handle. It is built anew when its width changes; `place` writes what a hand moves.
class Drawing {
  constructor(stage, attributes = {}) {
    this.read = html(stage, "div", "read");
    this.svg = svg(stage, "svg", { role: "group", ...attributes });
    this.observer = new ResizeObserver(() => this.data && this.width !== this.svg.clientWidth && this.draw());
    this.observer.observe(stage);
  }

  // New data from Python; while the hand is busy it waits.
  take(component) {
    this.component = component;
    if (this.busy) return;
    this.data = component.data;
    this.at = this.begin();
    this.draw();
  }

  draw() {
    const held = this.hand && this.svg.getRootNode().activeElement === this.hand;
    this.svg.replaceChildren();
    this.build((this.width = this.svg.clientWidth || 600));
    this.place();
    if (held) this.hand.focus({ preventScroll: true }); // the keyboard keeps its handle
  }

  move(index, last) {
    Object.assign(this, { busy: true, at: clamp(index, 0, last) });
    this.place();
  }

  release(name, value) {
    if (!this.busy) return;
    this.busy = false;
    this.component.setTriggerValue(name, value);
  }

  close() { this.observer.disconnect(); }
}
