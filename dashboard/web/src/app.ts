// Everything here is an addition: every page works without scripts, charts then show their data tables.
import { drawCharts } from "./charts";
import { listenForKeys } from "./keys";
import { submitOnChange } from "./forms";

drawCharts();
listenForKeys();
submitOnChange();
