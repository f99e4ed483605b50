/**
 * A thread of the kernels: instantiates the module on the shared memory, says
 * so, and works until the pool is stopped.
 */
self.onmessage = async ({ data: { library, module, memory } }) => {
  const { initSync, serve } = await import(library);
  initSync({ module, memory, thread_stack_size: 1 << 18 });
  self.postMessage("ready");
  serve();
  self.close();
};
