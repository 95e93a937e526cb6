using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "base.wasm", wasm = embed "base.wasm"),
    (name = "relaxed.wasm", wasm = embed "relaxed.wasm"),
  ],
  compatibilityDate = "2026-01-01",
);
