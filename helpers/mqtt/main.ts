// satchel-live-mqtt: hints of satchel over a broker of MQTT, which "satchel live" runs for as long as it does (spec/live.md,
// "Programs"). Passwords are where satchel looks for them too, and in nothing that this prints.
import { passOn } from '../live.js';
import { openMqtt } from './broker.js';

process.exitCode = await passOn(openMqtt);
