using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [
    (name = "predictor.js", esModule = embed "predictor.js"),
    (name = "predict-base.wasm", wasm = embed "predict-base.wasm"),
    (name = "predict-relaxed.wasm", wasm = embed "predict-relaxed.wasm"),
  ],
  compatibilityDate = "2026-01-01",
);
