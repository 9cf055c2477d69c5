// What `topic join` says of a topic of which something is held already, and of one that is not begun (spec/cli.md, "Topics").
import { expect, it } from 'vitest';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { Desk } from '../../../../testkit/several.js';

it('claims of no stranger that it wrote there', async () => {
  const desk = new Desk(scratchDirectory());
  for (const name of ['ana', 'ben']) {
    await desk.must(name, 'init', '--name', name);
    await desk.must(name, 'card', '-o', desk.file(`${name}.card`));
  }
  await desk.must('ana', 'contact', 'add', desk.file('ben.card'));
  await desk.must('ben', 'contact', 'add', desk.file('ana.card'));
  await desk.must('ana', 'post', '-t', 'garden', 'hello');
  await desk.carry('ana', 'ben', '--open');
  const { exit, stderr } = await desk.run('ben', ['topic', 'join', 'garden'], { people: 'pipe' });
  expect([exit, stderr]).toEqual([0, expect.stringContaining('What strangers wrote in it, if they did, was left out')]);
  expect(stderr).toContain('(1 message)');
});

it('answered by no names another command, not itself', async () => {
  const desk = new Desk(scratchDirectory());
  await desk.must('ana', 'init', '--name', 'ana');
  await desk.must('ana', 'topic', 'join', 'garden');
  for (const [name, next] of [
    ['Garden', 'to go on in "garden": satchel -C '],
    ['orchard', 'topics that are here: satchel -C '],
  ] as const) {
    const { exit, stderr } = await desk.run('ana', ['topic', 'join', name], { people: 'pipe', answer: () => 'n' });
    expect([exit, stderr]).toEqual([15, expect.stringContaining(`error: the topic "${name}" was not begun\n`)]);
    expect(stderr).toContain(`hint: ${next}`);
    expect(stderr).not.toContain('topic join');
  }
  const { stdout } = await desk.run('ana', ['topic', 'list']);
  expect(JSON.parse(stdout)).toMatchObject({ topics: [{ name: 'garden' }] });
});
