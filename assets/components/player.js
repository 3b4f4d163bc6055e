// Step, Play and Reset over steps that Python computed: `show` draws this.step, `report` tells Python once it rests.
class Player {
  constructor(bar, words, { last, show, report, moving }) {
    Object.assign(this, { words, last, show, report, moving, step: 0, heard: 0, told: [], playing: null, knobs: {} });
    const actions = { one: () => this.go(this.step + 1), play: () => this.play(), reset: () => this.go(0) };
    for (const [name, onclick] of Object.entries(actions))
      this.knobs[name] = Object.assign(html(bar, "button", "", words[name]), { onclick, type: "button" });
  }

  // Begin at a step of a walk: what played, or waited to be reported, was of another one.
  take(step) {
    this.stop();
    clearTimeout(this.waiting);
    Object.assign(this, { step: clamp(step, 0, this.last()), heard: step, told: [] });
  }

  // Python's step on the same walk: its answer to a report, or another one, from the browser's history, which is taken.
  hear(step) {
    const answered = this.told.lastIndexOf(step), before = this.heard;
    this.heard = step;
    if (answered >= 0) this.told.splice(0, answered + 1);
    else if (step !== before) this.take(step);
  }

  tell() {
    if (this.step === (this.told.at(-1) ?? this.heard)) return; // Python knows
    this.told.push(this.step);
    this.report(this.step);
  }

  // Grey out what would do nothing.
  refresh() {
    for (const [name, button] of Object.entries(this.knobs))
      button.disabled = this.last() === 0 || (name === "reset" ? this.step === 0 : this.step >= this.last());
  }

  // Which step is shown, and whether the walk ends there.
  spoken() {
    const end = this.last() > 0 && this.step === this.last() ? `, ${this.words.last}` : "";
    return `${this.words.step} ${this.step}${end}`;
  }

  go(step) {
    this.stop();
    this.step = clamp(step, 0, this.last());
    this.show();
    clearTimeout(this.waiting); // a few quick steps are reported once
    this.waiting = setTimeout(() => this.tell(), 200);
  }

  play() {
    if (this.playing) return this.go(this.step);
    this.playing = setInterval(() => {
      this.step += 1;
      this.show();
      if (this.step >= this.last()) this.go(this.step);
    }, clamp(5000 / this.last(), 60, 450));
    this.knobs.play.textContent = this.words.pause;
    this.moving(true);
  }

  stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.knobs.play.textContent = this.words.play;
    this.moving(false);
  }

  close() { this.stop(); clearTimeout(this.waiting); }
}
