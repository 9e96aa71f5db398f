// The page as `neurate live` serves it.
import { Loopback } from "./engine.js";
import { start } from "./main.js";

start(new Loopback());
