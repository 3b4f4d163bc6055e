"""What Streamlit's page knows between two messages: the tree, the widgets' values, the run."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.load.tree import Node, Tree
from tests.load.widgets import WITH_VALUE, Value, in_url, shown_value, state_of


class Page:
    """One open page, without its connection."""

    def __init__(self, address: str) -> None:
        self.path, _, self.query = address.partition("?")
        self.tree = Tree()
        self.session = ""  # Streamlit's id of it
        self.states: dict[str, WidgetState] = {}
        self._hash, self._run = "", ""
        self.fragments: list[str] = []  # of the run that is going on, or was last

    def request(self, fragment: str, by_timer: bool, base: str) -> BackMsg:
        """Return the message that asks for a run, of one fragment or of the whole page."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.fragment_id, rerun.is_auto_rerun = self.query, fragment, by_timer
        rerun.page_script_hash = self._hash
        rerun.page_name = "" if self._hash else self.path.strip("/")
        rerun.widget_states.widgets.extend(self.states.values())
        context = rerun.context_info
        context.url, context.timezone, context.locale = f"{base}{self.path}", "UTC", "en"
        context.color_scheme = "light"
        return message

    def begin_run(self, message: ForwardMsg) -> None:
        """Note the run that begins; another page than before begins empty."""
        start = message.new_session
        self.session = start.initialize.session_id or self.session
        self._run, self.fragments = message.metadata.run.script_run_id, list(message.metadata.run.fragment_ids)
        if self._hash and start.page_script_hash != self._hash:
            self.tree.clear()
            self._forget_widgets()
            self._hash = start.page_script_hash

    def navigate(self, page: str) -> None:
        """Note which page the server shows, by its hash."""
        self._hash = page

    def show(self, message: ForwardMsg) -> None:
        """Put what a delta brings on the page."""
        node = self.tree.apply(message.metadata.delta_path, message.delta, self._run)
        if node is not None and node.kind in WITH_VALUE:
            self._take_value(node)

    def finish_run(self, message: ForwardMsg) -> None:
        """Take away what the run did not show again."""
        run = message.metadata.run
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN or not run.script_run_id:
            return
        self.tree.finish(run.script_run_id, list(run.fragment_ids))
        self._forget_widgets()

    def set(self, node: Node, value: Value) -> None:
        """Give a widget a value, as a hand does: the page's address says it too where the widget is bound to it."""
        state = state_of(node.kind, node.content, value)
        self.states[state.id] = state
        widget = node.content
        if node.kind in WITH_VALUE and widget.HasField("query_param_key"):
            pairs: dict[str, Any] = parse_qs(self.query, keep_blank_values=True)
            pairs[widget.query_param_key] = in_url(value)
            if value == shown_value(node.kind, _as_default(widget)):
                del pairs[widget.query_param_key]
            self.query = urlencode(pairs, doseq=True)

    def report(self, component: str, value: str) -> None:
        """Keep what a component says, JSON, under the component's id."""
        self.states[component] = WidgetState(id=component, json_value=value)

    def _take_value(self, node: Node) -> None:
        widget = node.content
        if widget.id not in self.states or widget.set_value:
            self.states[widget.id] = state_of(node.kind, widget, shown_value(node.kind, widget))

    def _forget_widgets(self) -> None:
        shown = {getattr(node.content, "id", "") for node in self.tree}
        for name in [name for name in self.states if name not in shown]:
            del self.states[name]


def _as_default(widget: Any) -> Any:
    plain = type(widget)()
    plain.CopyFrom(widget)
    plain.set_value = False
    return plain
