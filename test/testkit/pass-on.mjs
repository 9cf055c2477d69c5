// A program that speaks for a broker (spec/live.md, "Programs") by passing on every line to whoever listens at a socket.
import net from 'node:net';

const socket = net.connect(process.argv[2] ?? '');
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(process.stdin.readableEnded ? 0 : 1));
