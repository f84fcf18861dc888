// What a window does with the bridge, at its plainest.
const { operator } = globalThis;
const put = (id, text) => {
  globalThis.document.getElementById(id).textContent = text;
};
operator.onAppState(({ node }) => put('phase', node.phase));
operator.onDaemon((event) => {
  const state = event.event === 'snapshot' ? event.snapshot.state : event.changes.state;
  if (state) put('state', state.code);
});
operator.onPage((page) => put('page', page));
